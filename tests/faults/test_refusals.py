"""A node that says no, a node that is not there, and two workers that do the same at once."""

import pytest
from django.conf import settings as live

from payments.chain import client
from payments.chain.errors import Refused
from payments.models import ChainTx, Payout
from tests.faults import accidents
from tests.races import money

NOBODY = "http://127.0.0.1:9"  # the port of discard: nobody listens


@pytest.mark.parametrize("name", ["send", "receipt", "nonce", "fees", "head", "block_hash"])
def test_a_node_that_refuses_for_a_while_loses_nothing(payday, monkeypatch, name):
    payout, tried = payday.ask(), []

    def refused(*arguments, **options):
        tried.append(name)
        raise Refused("rate limit exceeded")

    with monkeypatch.context() as broken:
        broken.setattr(client, name, refused)
        payday.run(rounds=4)
    assert tried

    payday.repair(payout)
    payday.assert_paid_once([payout])


@pytest.mark.parametrize("text", ["nonce too low", "already known"])
def test_a_node_that_has_the_bytes_already_is_no_failure(payday, monkeypatch, text):
    payout, send = payday.ask(), client.send

    def taken_and_refused(raw):
        send(raw)
        raise Refused(text)

    monkeypatch.setattr(client, "send", taken_and_refused)
    payday.run(rounds=1)

    assert payday.txs().get().state == ChainTx.State.SENT
    payday.repair(payout)
    payday.assert_paid_once([payout])


@pytest.mark.parametrize("rounds_before", [0, 1, 2])
def test_a_chain_that_is_gone_is_waited_for(payday, settings, rounds_before):
    payout = payday.ask()
    payday.run(rounds=rounds_before)
    url = live.CHAIN_RPC_URL

    settings.CHAIN_RPC_URL = NOBODY
    payday.jobs_alone()
    settings.CHAIN_RPC_URL = url

    asked_for = Payout.State.BATCHED if rounds_before else Payout.State.REQUESTED
    payout.refresh_from_db()
    assert payout.state == asked_for
    payday.repair(payout)
    payday.assert_paid_once([payout])


def test_two_workers_at_once_pay_once(payday):
    payouts = [payday.ask() for _ in range(3)]

    for _ in range(4):
        ends = money.at_once(*[payday.jobs_alone] * 3)
        assert ends == [None, None, None]
        payday.mine()

    payday.repair(payouts[-1])
    assert payday.txs().count() == 1
    payday.assert_paid_once(payouts)


def test_a_worker_that_dies_beside_another_pays_once(payday):
    payouts = []
    for number in range(1, 6):
        payouts.append(payday.ask())
        point = accidents.die_at(
            2 * number, accidents.AFTER, lambda: money.at_once(*[payday.run] * 2)
        )
        payday.repair(payouts[-1])
        assert point

    payday.assert_paid_once(payouts)
