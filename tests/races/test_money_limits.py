"""One owner asks for payouts of several purses at once. The twins lock no owner."""

from functools import partial

import pytest

from payments import escrow, limits
from payments.chain.wallet import Wallet
from payments.errors import LimitReached
from payments.models import Payout
from tests.payments import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
OWNER = "person:1"


def withdraw_from_two_at_once(monkeypatch):
    """The ends of two withdrawals of 0.60, each of a project of its own of the same owner."""
    purses = [house.project(funds_units=1_000_000) for _ in range(2)]
    money.meet_after(monkeypatch, limits, "_sum")

    def withdraw(purse_id):
        address = Wallet(house.WALLET).address
        return escrow.withdraw(
            purse_id, owner=OWNER, key="home", amount_units=600_000, address=address
        )

    return money.at_once(*(partial(withdraw, one) for one in purses))


@pytest.fixture
def a_day(settings):
    settings.STIPEND_PAYOUT_DAY_UNITS = 1_000_000


def test_the_day_of_an_owner_has_one_limit_for_all_purses(monkeypatch, a_day):
    ends = withdraw_from_two_at_once(monkeypatch)

    assert {type(end) for end in ends} == {escrow.Withdrawal, LimitReached}
    assert Payout.objects.get().amount_units == 600_000


def test_without_the_lock_each_purse_has_the_whole_limit(monkeypatch, a_day):
    monkeypatch.setattr(limits, "_lock", lambda owner: None)

    ends = withdraw_from_two_at_once(monkeypatch)

    assert {type(end) for end in ends} == {escrow.Withdrawal}


@pytest.fixture
def a_threshold(settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 1_000_000


def waiting() -> list[bool]:
    return sorted(Payout.objects.values_list("needs_approval", flat=True))


def test_what_is_large_together_waits_for_two_admins(monkeypatch, a_threshold):
    withdraw_from_two_at_once(monkeypatch)

    assert waiting() == [False, True]


def test_without_the_lock_no_admin_sees_it(monkeypatch, a_threshold):
    monkeypatch.setattr(limits, "_lock", lambda owner: None)

    withdraw_from_two_at_once(monkeypatch)

    assert waiting() == [False, False]
