"""What an owner takes out in a day counts together, from whichever purse it comes."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from payments import escrow
from payments.chain.wallet import Wallet
from payments.errors import LimitReached
from payments.models import Payout
from tests.labeling import house as workshop
from tests.payments import house

pytestmark = pytest.mark.django_db
OWNER, OTHER = "person:1", "person:2"


def withdraw(units, *, owner=OWNER, purse_id=None, key=""):
    purse_id = purse_id or house.project(funds_units=units)
    address = Wallet(house.WALLET).address
    return escrow.withdraw(purse_id, owner=owner, key=key, amount_units=units, address=address)


def test_a_day_has_one_limit_for_all_purses_of_an_owner(settings):
    settings.STIPEND_PAYOUT_DAY_UNITS = 1_000_000
    house.earn(OWNER, 500_000)
    withdraw(600_000)
    house.ask(OWNER, 300_000)

    with pytest.raises(LimitReached) as refused:
        withdraw(100_001)

    assert refused.value.data == {"limit": "1.00", "left": "0.10"}
    assert Payout.objects.filter(owner=OWNER).count() == 2
    withdraw(100_001, owner=OTHER)
    withdraw(100_000)


def test_what_is_large_from_all_purses_together_waits_for_two_admins(settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 1_000_000
    house.earn(OWNER, 500_000)
    made = [withdraw(600_000), house.ask(OWNER, 400_000), withdraw(10_000)]

    waits = [Payout.objects.get(pk=one.id).waits_for_admins for one in made]
    assert waits == [False, False, True]
    assert not Payout.objects.get(pk=withdraw(1_000_000, owner=OTHER).id).waits_for_admins


def test_the_same_key_is_the_same_withdrawal_whoever_owns_the_project_now():
    purse_id = house.project(funds_units=900_000)
    first = withdraw(300_000, purse_id=purse_id, key="home")

    again = withdraw(300_000, owner=OTHER, purse_id=purse_id, key="home")

    assert again == first
    assert Payout.objects.get().owner == OWNER


def test_no_payout_is_nobodys():
    withdraw(100_000)

    with pytest.raises(IntegrityError, match="payout_of_somebody"), atomic():
        Payout.objects.update(owner="")


def test_a_payout_costs_as_many_statements_however_many_were_before():
    house.earn(OWNER, 900_000)
    house.ask(OWNER, 100_000)

    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            house.ask(OWNER, 100_000)
        counts.append(len(captured))
        withdraw(100_000)

    assert len(set(counts)) == 1


def test_owners_of_payouts_asked_for_before_are_known():
    """What the two migrations say of them."""
    made = workshop.project()
    workshop.fund(made, amount_units=500_000)
    house.earn(OWNER, 100_000)
    withdraw(100_000, owner="?", purse_id=made.purse_id)
    house.ask(OWNER, 100_000)

    rooms = ["payments.migrations.0018_payouts_have_an_owner"]
    rooms.append("labeling.migrations.0024_withdrawals_have_an_owner")
    with connection.cursor() as cursor:
        for room in rooms:
            cursor.execute(import_module(room).OWNERS)

    owners = Payout.objects.values_list("purse__holder", "owner")
    assert set(owners) == {(f"project:{made.pk}", f"person:{made.owner_id}"), (OWNER, OWNER)}
