"""Accounts that may well be one person's."""

import pytest
from django.utils import timezone

from labeling.crowd import doubles
from payments import escrow, jobs, ledger, payouts, purses, wallets
from payments.chain.wallet import Wallet
from people.models import ProvedWallet
from tests.labeling import house
from tests.payments import house as bank
from tests.payments import test_batches
from tests.payments.house import DOLLAR

pytestmark = pytest.mark.django_db
ONE, OTHER = (Wallet(number).address for number in (5, 6))


def mailed(who, address: str, *, proved_at=None) -> None:
    who.email, who.mail_proved_at = address, proved_at
    who.save()


def paid(holder: str, *, wallet: int) -> None:
    bank.earn(holder, 100_000)
    bank.ask(holder, 100_000, wallet=wallet)
    payouts.batch(queue=test_batches.confirmed({"paid": [0], "skipped": []}))
    payouts.settle_ended()


def test_strangers_share_nothing():
    who, other, silent = house.labeler(), house.labeler(), house.labeler()
    for person, address in ((who, ONE), (other, OTHER)):
        mailed(person, f"{person.username}@example.org")
        wallets.name(f"person:{person.pk}", address)
        house.project(person)

    assert not doubles.has(who.pk, among=[other.pk, silent.pk])
    assert not doubles.has(silent.pk, among=[who.pk, house.labeler().pk])
    assert not doubles.has(who.pk, among=[])


def test_one_is_among_oneself():
    who = house.labeler()

    assert doubles.has(who.pk, among=[who.pk])


def test_one_mail_address_is_one_person():
    who, other = house.labeler(), house.labeler()
    mailed(who, "Amina@example.org")
    mailed(other, "amina@Example.org", proved_at=timezone.now())

    assert doubles.of(who.pk, among=[house.labeler().pk, other.pk]) == {other.pk}


def test_nobody_is_kept_from_judging_by_who_says_their_mail_address():
    who, other = house.labeler(), house.labeler()
    mailed(who, "amina@example.org", proved_at=timezone.now())
    mailed(other, "amina@example.org")

    assert not doubles.has(who.pk, among=[other.pk])


def test_a_wallet_is_theirs_who_proved_it():
    who, other = house.labeler(), house.labeler()
    wallets.name(f"person:{who.pk}", ONE)
    ProvedWallet.objects.create(user=other, address=ONE)

    assert doubles.has(who.pk, among=[other.pk])
    assert not doubles.has(other.pk, among=[who.pk])


def test_a_wallet_that_both_were_paid_to_is_one_persons():
    who, other = house.labeler(), house.labeler()
    paid(f"person:{who.pk}", wallet=5)
    wallets.name(f"person:{other.pk}", ONE)
    assert not doubles.has(who.pk, among=[other.pk])
    paid(f"person:{other.pk}", wallet=5)

    assert doubles.has(who.pk, among=[other.pk])
    assert doubles.has(other.pk, among=[who.pk])


def test_nobody_is_kept_from_judging_by_where_a_projects_money_goes():
    owner, who = house.requester(), house.labeler()
    made = house.project(owner)
    wallets.name(f"project:{made.pk}", ONE)
    ProvedWallet.objects.create(user=who, address=ONE)

    assert not doubles.has(who.pk, among=[owner.pk])
    assert doubles.has(owner.pk, among=[who.pk])


def withdrawn(owner, *, wallet: int) -> None:
    """What was left in a closed project of this owner went to a wallet."""
    purse_id = house.project(owner).purse_id
    ledger.deposit(purse_id, key=f"deposit:{purse_id}", amount_units=100_000)
    to = {"owner": f"person:{owner.pk}", "address": Wallet(wallet).address}
    escrow.withdraw(purse_id, key="", amount_units=100_000, **to)
    payouts.batch(queue=test_batches.confirmed({"paid": [0], "skipped": []}))
    payouts.settle_ended()


def test_a_wallet_that_a_projects_money_really_went_to_is_its_owners():
    owner, who, stranger = house.requester(), house.labeler(), house.labeler()
    wallets.name(f"person:{who.pk}", ONE)
    wallets.name(f"person:{stranger.pk}", OTHER)
    assert not doubles.has(who.pk, among=[owner.pk])

    withdrawn(owner, wallet=5)

    assert doubles.of(who.pk, among=[owner.pk, stranger.pk]) == {owner.pk}
    assert not doubles.has(stranger.pk, among=[owner.pk])


def test_a_withdrawal_that_has_not_arrived_says_nothing_of_its_owner():
    owner, who = house.requester(), house.labeler()
    wallets.name(f"person:{who.pk}", ONE)
    purse_id = house.project(owner).purse_id
    ledger.deposit(purse_id, key="deposit", amount_units=100_000)

    to = {"owner": f"person:{owner.pk}", "address": ONE}
    escrow.withdraw(purse_id, key="", amount_units=100_000, **to)

    assert not doubles.has(who.pk, among=[owner.pk])


def test_a_wallet_that_pays_for_a_project_is_its_owners(chain, mine):
    owner, who, stranger = house.requester(), house.labeler(), house.labeler()
    payer = Wallet(2)
    payer.mint(DOLLAR)
    payer.deposit(purses.onchain(house.project(owner).purse_id), DOLLAR)
    mine(2)
    jobs.scan_deposits()
    wallets.name(f"person:{who.pk}", payer.address)
    ProvedWallet.objects.create(user=stranger, address=payer.address)

    assert doubles.has(who.pk, among=[owner.pk])
    assert not doubles.has(owner.pk, among=[stranger.pk])  # anybody can pay for anybody's
