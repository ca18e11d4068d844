"""Clocks that are wrong: of a worker, of one of two, and one that jumps between the jobs."""

from datetime import timedelta

import pytest
from django.utils import timezone

HOUR = timedelta(hours=1)
SLOW = timedelta(minutes=5)  # a test is over by then


def assert_confirmed_off_by(payday, hours):
    """The worker's own clock was off: it has written so."""
    confirmed = payday.txs().values_list("confirmed_at", flat=True)
    assert confirmed
    assert all(abs(at - timezone.now() - hours * HOUR) < SLOW for at in confirmed)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_worker_whose_clock_is_off_by_hours(yard, payday, hours):
    payouts = [payday.ask() for _ in range(3)]

    yard.work(hours_off=hours)

    yard.until_paid(payouts)
    assert_confirmed_off_by(payday, hours)


def test_two_workers_whose_clocks_are_two_hours_apart(yard, payday):
    payouts = [payday.ask() for _ in range(3)]

    yard.work(hours_off=-1)
    yard.work(hours_off=1)
    yard.until_paid(payouts, meanwhile=lambda: len(payouts) < 6 and payouts.append(payday.ask()))


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_off_by_hours(payday, monkeypatch, hours):
    payout, right = payday.ask(), timezone.now
    with monkeypatch.context() as wrong:
        wrong.setattr(timezone, "now", lambda: right() + hours * HOUR)
        payday.run(rounds=1)
    payday.mine(1)

    payday.repair(payout)
    payday.assert_paid_once([payout])


def test_a_clock_that_jumps_between_the_jobs(payday, monkeypatch):
    payouts, right = [], timezone.now
    for hours in (0, 1, -1, 1, 0):
        with monkeypatch.context() as wrong:
            wrong.setattr(timezone, "now", lambda off=hours: right() + off * HOUR)
            payouts.append(payday.ask())
            payday.run(rounds=1)

    for payout in payouts:
        payday.repair(payout)
    payday.assert_paid_once(payouts)
