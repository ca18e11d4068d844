"""A worker is killed before and after every commit and every call on the way of a payout.

Afterwards nothing is repaired by hand: the same jobs run again, and everybody is paid once.
"""

import pytest

from payments import escrow
from tests.faults import accidents

POINTS_LIMIT = 150
LEAST_POINTS = 12


@pytest.mark.parametrize("when", [accidents.BEFORE, accidents.AFTER])
def test_a_payout_survives_the_death_of_its_worker_anywhere(payday, when):
    payouts, died_at = [], []
    for number in range(1, POINTS_LIMIT):
        payouts.append(payday.ask())
        point = accidents.die_at(number, when, payday.run)
        payday.repair(payouts[-1])
        payday.assert_paid_once(payouts)
        if not point:
            break
        died_at.append(point)

    assert LEAST_POINTS <= len(died_at) < POINTS_LIMIT - 1
    assert {"commit", "write", "eth_sendRawTransaction"} <= set(died_at)


@pytest.mark.parametrize("when", [accidents.BEFORE, accidents.AFTER])
def test_a_deposit_survives_the_death_of_its_reader_anywhere(payday, deposit, when):
    funds_units, died_at = escrow.balances(payday.purse_id)["FUNDS"], []
    for number in range(1, POINTS_LIMIT):
        deposit(50_000)
        funds_units += 50_000
        point = accidents.die_at(number, when, payday.run)
        payday.run()
        assert escrow.balances(payday.purse_id)["FUNDS"] == funds_units
        if not point:
            break
        died_at.append(point)

    assert LEAST_POINTS <= len(died_at) < POINTS_LIMIT - 1
    assert {"commit", "eth_getLogs"} <= set(died_at)
