"""Receipts: what a payout paid for, and who may see it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments import days, escrow, purses, receipts
from payments.errors import NotFound
from tests.payments import house
from tests.payments.test_statements import end

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:1", "person:2"


def paid_for(payout):
    found = receipts.of(payout.pk, holder=PERSON)
    return [work.key for work in found.works], found.works_count


def test_a_bonus_is_on_the_receipt_and_says_so():
    key, purse_id = house.earn(PERSON, 30_000), house.project(funds_units=20_000)
    escrow.bonus(purse_id, key="bonus:1", payee=PERSON, amount_units=20_000, cause="Fine work")
    payout = house.ask(PERSON, 50_000)
    end(payout, tx_hash="0xa")

    works = receipts.of(payout.pk, holder=PERSON).works

    assert [(one.kind, one.key, one.amount_units) for one in works] == [
        ("release", key, 30_000),
        ("bonus", "bonus:1", 20_000),
    ]


def test_each_work_is_on_the_receipt_of_the_payout_that_completed_it():
    keys = [house.earn(PERSON, units) for units in (30_000, 40_000, 50_000)]
    house.earn(OTHER, 500_000)
    asked = []
    for units, tx_hash in ((60_000, "0xa"), (20_000, "0xb"), (40_000, "0xc")):
        asked.append(house.ask(PERSON, units))
        end(asked[-1], tx_hash=tx_hash)

    assert [paid_for(one) for one in asked] == [([key], 1) for key in keys]


def test_a_receipt_says_where_the_chain_keeps_it():
    house.earn(PERSON, 30_000)
    payout = house.ask(PERSON, 30_000)

    before = receipts.of(payout.pk, holder=PERSON)
    end(payout, tx_hash="0xa")
    after = receipts.of(payout.pk, holder=PERSON)

    assert (before.payout.state, before.batch_number, before.works) == ("REQUESTED", None, [])
    assert (after.payout.state, after.payout.tx_hash) == ("PAID", "0xa")
    assert after.batch_number == after.payout.batch.number
    (work,) = after.works
    assert (work.amount_units, work.cause.startswith("job ")) == (30_000, True)


def test_what_came_back_paid_for_nothing():
    house.earn(PERSON, 30_000)
    payout = house.ask(PERSON, 30_000)
    end(payout, tx_hash="0xa", paid=False)

    assert paid_for(payout) == ([], 0)


def test_a_long_receipt_counts_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(receipts, "WORKS_LIMIT", 2)
    keys = [house.earn(PERSON, 10_000) for _ in range(3)]
    payout = house.ask(PERSON, 30_000)
    end(payout, tx_hash="0xa")

    assert paid_for(payout) == (keys[:2], 3)


def test_a_receipt_is_its_holders_alone():
    house.earn(PERSON, 30_000)
    payout = house.ask(PERSON, 30_000)

    with pytest.raises(NotFound):
        receipts.of(payout.pk, holder=OTHER)


def test_days_are_told_one_by_one_and_empty_ones_too():
    today = timezone.now().date()
    house.earn(PERSON, 30_000)
    house.earn(PERSON, 20_000)
    house.ask(PERSON, 40_000)
    house.earn(OTHER, 500_000)

    found = days.earned(purses.find(PERSON), count=3)

    assert found == [
        (today - timedelta(days=2), 0),
        (today - timedelta(days=1), 0),
        (today, 50_000),
    ]
    assert [units for _, units in days.earned(None, count=2)] == [0, 0]


def test_what_was_earned_before_is_left_out(monkeypatch):
    house.earn(PERSON, 30_000)
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert [units for _, units in days.earned(purses.find(PERSON), count=2)] == [0, 0]
    assert sum(units for _, units in days.earned(purses.find(PERSON), count=3)) == 30_000
