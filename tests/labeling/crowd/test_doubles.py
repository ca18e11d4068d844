"""Accounts that may well be one person's."""

import pytest

from labeling.crowd import doubles
from payments import wallets
from payments.chain.wallet import Wallet
from people.models import ProvedWallet
from tests.labeling import house

pytestmark = pytest.mark.django_db
ONE, OTHER = (Wallet(number).address for number in (5, 6))


def mailed(who, address: str) -> None:
    who.email = address
    who.save()


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
    mailed(other, "amina@Example.org")

    assert doubles.has(who.pk, among=[house.labeler().pk, other.pk])


def test_one_wallet_is_one_person_whoever_proved_it():
    who, other, third = house.labeler(), house.labeler(), house.labeler()
    wallets.name(f"person:{who.pk}", ONE)
    wallets.name(f"person:{other.pk}", ONE)
    ProvedWallet.objects.create(user=third, address=ONE)

    assert doubles.has(who.pk, among=[other.pk])
    assert doubles.has(other.pk, among=[third.pk])


def test_a_wallet_that_was_only_named_says_nothing(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 3600
    who, other = house.labeler(), house.labeler()
    wallets.name(f"person:{who.pk}", ONE)
    wallets.name(f"person:{other.pk}", OTHER)
    wallets.name(f"person:{other.pk}", ONE)  # does not count yet, and never does:
    assert not doubles.has(who.pk, among=[other.pk])
    wallets.take_back(f"person:{other.pk}")

    assert not doubles.has(who.pk, among=[other.pk])


def test_the_wallet_that_a_projects_money_leaves_for_is_its_owners():
    owner, who = house.requester(), house.labeler()
    wallets.name(f"project:{house.project(owner).pk}", ONE)
    wallets.name(f"person:{who.pk}", ONE)

    assert doubles.has(who.pk, among=[owner.pk])
    assert not doubles.has(who.pk, among=[house.requester().pk])
