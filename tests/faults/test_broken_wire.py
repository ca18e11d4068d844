"""The chain's node stops answering, at every call and on either way. A timeout means unknown."""

import pytest

from payments.chain import client
from payments.chain.errors import Unreachable
from payments.models import ChainTx
from tests.faults import accidents

CALLS_LIMIT = 150
LEAST_CALLS = 8


@pytest.mark.parametrize("when", [accidents.BEFORE, accidents.AFTER])
def test_a_payout_survives_a_lost_call_anywhere(payday, when):
    payouts, broken_calls = [], []
    for number in range(1, CALLS_LIMIT):
        payouts.append(payday.ask())
        with accidents.fail_at(number, when) as broken:
            payday.run()
        if not payday.has_ended(payouts[-1]):
            payday.repair(payouts[-1])
        if not broken:
            break
        broken_calls += broken

    payday.assert_paid_once(payouts)
    assert LEAST_CALLS <= len(broken_calls) < CALLS_LIMIT - 1
    assert {"eth_sendRawTransaction", "eth_getTransactionReceipt"} <= set(broken_calls)


def test_a_timeout_after_the_broadcast_sends_the_same_bytes_again(payday, monkeypatch):
    payout, sent, send = payday.ask(), [], client.send

    def lost_answer(raw):
        sent.append(raw)
        send(raw)
        if len(sent) == 1:
            raise Unreachable("no answer in time")

    monkeypatch.setattr(client, "send", lost_answer)
    payday.run(rounds=1)
    state_then = payday.txs().get().state
    payday.repair(payout)

    assert state_then == ChainTx.State.SIGNED
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert len(payday.txs().get().hashes) == 1
    payday.assert_paid_once([payout])


def test_a_node_that_is_down_loses_nothing(payday, monkeypatch):
    payout = payday.ask()

    def down(*arguments):
        raise Unreachable("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(client, "chain_id", down)
        payday.run(rounds=2)
    payout.refresh_from_db()
    assert payout.state == "REQUESTED"

    payday.repair(payout)
    payday.assert_paid_once([payout])
