"""Two entries at once. Each race has a twin in which the guard is off and it happens."""

import pytest
from django.db import IntegrityError

from payments import escrow, ledger
from payments.errors import InsufficientFunds
from payments.models import Entry
from tests.payments import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)


def hold_both(monkeypatch):
    """The ends of two holds of 60 out of 100, which meet between the check and the write."""
    purse_id = house.project(funds_units=110)
    escrow.hold(purse_id, key="hold:first", amount_units=10)  # all accounts are there
    money.meet_after(monkeypatch, ledger, "_locked_accounts")
    ends = money.at_once(
        lambda: escrow.hold(purse_id, key="hold:a", amount_units=60),
        lambda: escrow.hold(purse_id, key="hold:b", amount_units=60),
    )
    return ends, escrow.balances(purse_id)


def test_a_purse_is_never_overdrawn(monkeypatch):
    ends, balances = hold_both(monkeypatch)

    assert [type(end) for end in ends if end] == [InsufficientFunds]
    assert balances == {"FUNDS": 40, "HELD": 70, "WORLD": -110}


def test_without_the_lock_both_pass_the_check_and_postgresql_alone_refuses(monkeypatch):
    unlocked = ledger.LOCK_ACCOUNTS.replace("FOR NO KEY UPDATE OF account", "")
    monkeypatch.setattr(ledger, "LOCK_ACCOUNTS", unlocked)

    ends, balances = hold_both(monkeypatch)

    (refused,) = [end for end in ends if end]
    assert isinstance(refused, IntegrityError)
    assert "account_never_negative" in str(refused)
    assert balances == {"FUNDS": 40, "HELD": 70, "WORLD": -110}


def release_twice(monkeypatch):
    """The ends of one release written by two, who meet before the money moves."""
    purse_id = house.project(funds_units=100)
    escrow.hold(purse_id, key="hold:a", amount_units=100)
    house.earn("person:1", 5)
    money.meet_before(monkeypatch, ledger, "_write_lines")

    def release():
        escrow.release(
            purse_id,
            key="release:7",
            payee="person:1",
            amount_units=30,
            fee_units=1,
            cause="Moods",
        )

    return money.at_once(release, release)


def test_a_release_by_two_is_one(monkeypatch):
    ends = release_twice(monkeypatch)

    assert ends == [None, None]
    assert house.balance("person:1", "EARNED") == 35
    assert Entry.objects.filter(key="release:7").count() == 1


def test_without_the_unique_key_it_is_paid_twice(monkeypatch):
    bold = ledger.WRITE_ENTRIES.replace("ON CONFLICT (key) DO NOTHING", "")
    monkeypatch.setattr(ledger, "WRITE_ENTRIES", bold)

    with money.without("payments_entry", "key"):
        ends = release_twice(monkeypatch)

        assert ends == [None, None]
        assert house.balance("person:1", "EARNED") == 65


def first_releases(monkeypatch):
    """The ends of two first releases to somebody who has no account yet, from two projects."""
    purses = [house.project(funds_units=100) for _ in range(2)]
    for number, purse_id in enumerate(purses):
        escrow.hold(purse_id, key=f"hold:{number}", amount_units=100)
    escrow.open_purse("person:9")
    money.meet_after(monkeypatch, ledger, "_locked_accounts")

    def release(number):
        escrow.release(
            purses[number],
            key=f"release:{number}",
            payee="person:9",
            amount_units=40,
            fee_units=0,
            cause="Moods",
        )

    return money.at_once(lambda: release(0), lambda: release(1))


def test_a_missing_account_is_opened_by_one_and_used_by_both(monkeypatch):
    ends = first_releases(monkeypatch)

    assert ends == [None, None]
    assert house.balance("person:9", "EARNED") == 80


def test_without_the_gentle_insert_one_of_them_fails(monkeypatch):
    harsh = ledger.INSERT_ACCOUNTS.replace("ON CONFLICT (purse_id, kind) DO NOTHING", "")
    monkeypatch.setattr(ledger, "INSERT_ACCOUNTS", harsh)

    ends = first_releases(monkeypatch)

    (refused,) = [end for end in ends if end]
    assert isinstance(refused, IntegrityError)
    assert house.balance("person:9", "EARNED") == 40
