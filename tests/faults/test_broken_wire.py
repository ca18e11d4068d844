"""The chain's node stops answering, at every call and on either way. A timeout means unknown."""

import pytest

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
