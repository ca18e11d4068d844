"""What is owed to people who have left: sent once, kept payable, and in the vault's tree."""

import pytest

from payments import payouts, rests, solvency, wallets
from payments.chain.wallet import Wallet
from payments.errors import BelowMinimum, BlockedWallet, WalletOnHold
from payments.models import BlockedAddress, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db

PERSON = "person:1"
FIRST, SECOND = Wallet(10).address, Wallet(11).address


def sums() -> tuple[int, int]:
    return house.balance(PERSON, "EARNED"), house.balance(PERSON, "LEAVING")


def test_all_that_is_earned_is_sent_to_the_wallet_in_use_once():
    house.earn(PERSON, 500_001)
    wallets.name(PERSON, FIRST)

    rests.send(1, proved=[SECOND])
    rests.send(1, proved=[SECOND])

    payout = Payout.objects.get()
    assert (payout.address, payout.amount_units) == (FIRST, 500_001)
    assert sums() == (0, 500_001)


def test_no_key_of_their_own_keeps_it_from_being_sent():
    house.earn(PERSON, 500_000)
    house.ask(PERSON, 20_000, wallet=10, key="farewell")

    rests.send(1)

    assert sums() == (0, 500_000)


def test_what_comes_between_two_runs_waits_for_its_holder():
    house.earn(PERSON, 500_000)
    wallets.name(PERSON, FIRST)
    rests.send(1)
    house.earn(PERSON, 20_000)

    rests.send(1)

    assert sums() == (20_000, 500_000)


def test_who_has_named_no_wallet_is_paid_to_the_first_one_they_proved():
    BlockedAddress.objects.create(address=FIRST, source="a list")
    house.earn(PERSON, 500_000)

    rests.send(1, proved=[FIRST, SECOND])

    assert Payout.objects.get().address == SECOND
    assert wallets.used(PERSON).address == SECOND


def test_later_earnings_of_that_wallet_are_in_the_vaults_tree():
    rests.send(1, proved=[SECOND])
    house.earn(PERSON, 30_000)

    owed = solvency.owed(paying=[])

    assert (owed.balances, owed.homeless_units) == ([(SECOND, 30_000)], 0)


def test_without_a_wallet_the_money_waits():
    house.earn(PERSON, 500_000)

    rests.send(1)

    assert sums() == (500_000, 0)


def test_less_than_the_smallest_payout_waits():
    house.earn(PERSON, 9_999)
    wallets.name(PERSON, FIRST)

    rests.send(1)

    assert sums() == (9_999, 0)
    with pytest.raises(BelowMinimum):
        rests.take_out(1, address=FIRST)


def test_a_blocked_wallet_stops_nothing_and_moves_nothing():
    house.earn(PERSON, 500_000)
    wallets.name(PERSON, FIRST)
    BlockedAddress.objects.create(address=FIRST, source="a list")

    rests.send(1)

    assert sums() == (500_000, 0)
    with pytest.raises(BlockedWallet):
        rests.take_out(1, address=FIRST)


def test_above_the_days_limit_the_money_waits(settings):
    settings.STIPEND_PAYOUT_DAY_UNITS = 400_000
    house.earn(PERSON, 500_000)
    wallets.name(PERSON, FIRST)

    rests.send(1)

    assert sums() == (500_000, 0)
    assert Payout.objects.count() == 0


def test_another_wallet_than_the_one_in_use_waits_as_ever(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 3600
    house.earn(PERSON, 500_000)
    wallets.name(PERSON, FIRST)

    with pytest.raises(WalletOnHold):
        rests.take_out(1, address=SECOND)

    assert sums() == (500_000, 0)


def test_what_is_told_is_what_the_book_says():
    house.earn(PERSON, 500_000)
    house.earn("person:2", 70_000)
    payouts.request(PERSON, amount_units=200_000, address=FIRST)

    told = rests.of(1)

    assert (told["earned"], told["leaving"], told["paid"]) == ("0.30", "0.20", "0.00")
    assert told["wallet"] == FIRST
    assert [one["amount"] for one in told["payouts"]] == ["0.20"]
    assert sums() == (300_000, 200_000)
    assert rests.of(1, address=FIRST)["earned"] == "0.00"
    assert sums() == (0, 500_000)
