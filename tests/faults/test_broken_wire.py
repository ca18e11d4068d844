"""The chain's node stops answering: at every call on the way there, and at every one that changes
something on the way back, which no other is the worse for. A timeout means unknown."""

import pytest

from tests.faults import accidents

CALLS_LIMIT = 150
SEND, SCAN, LOOK = "eth_sendRawTransaction", "eth_getLogs", "eth_getTransactionReceipt"
LEAST = {accidents.BEFORE: (8, {SEND, SCAN, LOOK}), accidents.AFTER: (1, {SEND})}


@pytest.mark.parametrize("when", LEAST)
def test_a_payout_survives_a_lost_call_anywhere(payday, when):
    payouts, broken_calls = [], []
    for number in range(1, CALLS_LIMIT):
        payouts.append(payday.ask())
        with accidents.fail_at(number, when, {SEND} if when == accidents.AFTER else None) as broken:
            payday.run()
        if not payday.has_ended(payouts[-1]):
            payday.repair(payouts[-1])
        if not broken:
            break
        broken_calls += broken

    payday.assert_paid_once(payouts)
    least_count, least = LEAST[when]
    assert least_count <= len(broken_calls) < CALLS_LIMIT - 1
    assert least <= set(broken_calls)
