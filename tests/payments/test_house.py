"""What the house earns is swept together, and leaves by the word of two admins."""

from io import StringIO

import pytest
from django.core.management import call_command

from payments import escrow, jobs, limits, payouts
from payments import house as rooms
from payments.chain.wallet import Wallet
from payments.errors import BelowMinimum, InsufficientFunds
from payments.models import Entry, Payout
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
OWNERS = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


def worked(purse_id, number, *, fee_units=2_500):
    """A label of 0.05 was accepted, and the house earned its share."""
    escrow.hold(purse_id, key=f"hold:{purse_id}:{number}", amount_units=50_000 + fee_units)
    escrow.release(
        purse_id,
        key=f"release:{purse_id}:{number}",
        payee="person:1",
        amount_units=50_000,
        fee_units=fee_units,
        cause="job",
    )


@pytest.fixture
def fees():
    """Two projects with fees, one without."""
    one, two, _ = (house.project(funds_units=1_000_000) for _ in range(3))
    for purse_id, count in ((one, 1), (two, 2)):
        for number in range(count):
            worked(purse_id, number)
    return one, two


def test_fees_are_swept_once(fees, monkeypatch):
    monkeypatch.setattr(rooms, "PURSES", 1)
    assert rooms.unswept_units() == 7_500

    assert rooms.sweep() == 7_500
    assert rooms.sweep() == 0

    assert (rooms.unswept_units(), rooms.funds_units()) == (0, 7_500)
    assert Entry.objects.filter(kind="sweep").count() == 2
    worked(fees[0], 9)
    assert rooms.sweep() == 2_500
    assert rooms.funds_units() == 10_000


def test_nothing_is_swept_before_there_is_a_fee(db):
    assert rooms.sweep() == 0
    assert (rooms.unswept_units(), rooms.funds_units()) == (0, 0)
    assert not Entry.objects.exists()


def test_the_command_says_what_it_did(fees):
    said = StringIO()

    call_command("sweep_fees", stdout=said)

    assert said.getvalue() == "0.0075 swept, 0.0075 there\n"


def test_the_houses_money_leaves_by_two_admins(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    worked(purse_id, 1, fee_units=20_000)
    rooms.sweep()
    admins = [User.objects.create_user(f"admin-{n}") for n in range(2)]

    made = rooms.pay_out(amount_units=20_000, address=OWNERS, key="may")
    assert rooms.pay_out(amount_units=20_000, address=OWNERS, key="may") == made
    jobs.pump_payouts()
    assert Payout.objects.get().state == "REQUESTED"
    for admin in admins:
        limits.approve(made.pk, admin=admin)
    for _ in range(4):
        jobs.pump_payouts()
        mine(2)

    assert payouts.of_holder("house").get().state == "PAID"
    assert Wallet.token_balance(OWNERS) == 20_000
    assert jobs.prove().problems == []


@pytest.mark.parametrize(("units", "error"), [(0, BelowMinimum), (7_501, InsufficientFunds)])
def test_more_than_there_is_does_not_leave(fees, units, error):
    rooms.sweep()

    with pytest.raises(error):
        rooms.pay_out(amount_units=units, address=OWNERS, key="may")

    assert rooms.funds_units() == 7_500
    assert not Payout.objects.exists()


def test_no_day_has_a_limit_for_the_house(fees, settings):
    settings.STIPEND_PAYOUT_DAY_UNITS = 1
    rooms.sweep()

    assert rooms.pay_out(amount_units=7_500, address=OWNERS, key="may").waits_for_admins
