"""Two entries at once. Each race has a twin in which the guard is off and it happens."""

import pytest
from django.db import IntegrityError

from payments import escrow
from payments.errors import InsufficientFunds
from payments.models import Entry
from tests.payments import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
ENTRIES_WRITTEN = "IF written < cardinality(keys)"
CHECKED = "IF short IS NOT NULL"
LOCKED = "FOR NO KEY UPDATE OF account"


def hold_both():
    """The ends of two holds of 60 out of 100, which meet between the check and the write."""
    purse_id = house.project(funds_units=110)
    escrow.hold(purse_id, key="hold:first", amount_units=10)  # all accounts are there
    with money.meeting_in("payments_post", CHECKED):
        ends = money.at_once(
            lambda: escrow.hold(purse_id, key="hold:a", amount_units=60),
            lambda: escrow.hold(purse_id, key="hold:b", amount_units=60),
        )
    return ends, escrow.balances(purse_id)


def test_a_purse_is_never_overdrawn():
    ends, balances = hold_both()

    assert [type(end) for end in ends if end] == [InsufficientFunds]
    assert balances == {"FUNDS": 40, "HELD": 70, "WORLD": -110}


def test_without_the_lock_both_pass_the_check_and_postgresql_alone_refuses():
    with money.rewritten("payments_lock", (LOCKED, "")):
        ends, balances = hold_both()

    (refused,) = [end for end in ends if end]
    assert isinstance(refused, IntegrityError)
    assert "account_never_negative" in str(refused)
    assert balances == {"FUNDS": 40, "HELD": 70, "WORLD": -110}


def release_twice():
    """The ends of one release written by two, who meet before the money moves."""
    purse_id = house.project(funds_units=100)
    escrow.hold(purse_id, key="hold:a", amount_units=100)
    house.earn("person:1", 5)

    def release():
        escrow.release(
            purse_id,
            key="release:7",
            payee="person:1",
            amount_units=30,
            fee_units=1,
            cause="Moods",
        )

    with money.meeting_in("payments_post", ENTRIES_WRITTEN):
        return money.at_once(release, release)


def test_a_release_by_two_is_one():
    ends = release_twice()

    assert ends == [None, None]
    assert house.balance("person:1", "EARNED") == 35
    assert Entry.objects.filter(key="release:7").count() == 1


def test_without_the_unique_key_it_is_paid_twice():
    bold = money.rewritten("payments_post", ("ON CONFLICT (key) DO NOTHING", ""))

    with money.without("payments_entry", "key"), bold:
        ends = release_twice()

        assert ends == [None, None]
        assert house.balance("person:1", "EARNED") == 65


def first_releases(*changes):
    """The ends of two first releases to somebody who has no account yet, from two projects."""
    purses = [house.project(funds_units=100) for _ in range(2)]
    for number, purse_id in enumerate(purses):
        escrow.hold(purse_id, key=f"hold:{number}", amount_units=100)
    escrow.open_purse("person:9")

    def release(number):
        escrow.release(
            purses[number],
            key=f"release:{number}",
            payee="person:9",
            amount_units=40,
            fee_units=0,
            cause="Moods",
        )

    with money.meeting_in("payments_lock", "RETURN QUERY", *changes):
        return money.at_once(lambda: release(0), lambda: release(1))


def test_a_missing_account_is_opened_by_one_and_used_by_both():
    ends = first_releases()

    assert ends == [None, None]
    assert house.balance("person:9", "EARNED") == 80


def test_without_the_gentle_insert_one_of_them_fails():
    ends = first_releases(("ON CONFLICT (purse_id, kind) DO NOTHING", ""))

    (refused,) = [end for end in ends if end]
    assert isinstance(refused, IntegrityError)
    assert house.balance("person:9", "EARNED") == 40
