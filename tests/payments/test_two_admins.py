"""What one admin alone may not do: let a large payout go, and move money by hand."""

from dataclasses import replace

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from payments import corrections, escrow, limits, payouts, recalls
from payments.chain.wallet import Wallet
from payments.errors import InsufficientFunds, NotFound, SecondAdminNeeded
from payments.models import Account, Approval, ChainTx, Correction, Entry, Payout
from people.models import User
from tests.labeling import house as workshop
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:900001", "person:900002"  # none of the admins


@pytest.fixture
def admins():
    return [User.objects.create_user(f"admin-{n}", is_staff=True) for n in range(3)]


def queue(batch, payees, roots):
    """A chain tx that nobody signs."""
    return ChainTx.objects.create(key=f"batch:{batch.pk}", to="", calldata=b"", gas_limit=1)


@pytest.fixture
def large(settings):
    """A payout that waits for two admins, and one that does not."""
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    house.earn(PERSON, 500_000)
    house.earn(OTHER, 100_000)
    return house.ask(PERSON, 100_001, wallet=5), house.ask(OTHER, 100_000, wallet=6)


def test_a_large_payout_leaves_when_two_admins_have_approved(large, admins):
    large, small = large

    assert [one.pk for one in payouts.batch(queue=queue).payouts.all()] == [small.pk]
    assert limits.approve(large.pk, admin=admins[0]) is False
    assert limits.approve(large.pk, admin=admins[0]) is False
    assert payouts.batch(queue=queue) is None
    assert limits.approve(large.pk, admin=admins[1]) is True

    assert [one.pk for one in payouts.batch(queue=queue).payouts.all()] == [large.pk]
    assert Payout.objects.get(pk=large.pk).approvals.count() == 2


def test_a_large_sum_in_parts_waits_for_two_admins_as_well(settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    house.earn(PERSON, 500_000)
    asked = [house.ask(PERSON, 40_000, wallet=5) for _ in range(4)]

    assert [one.waits_for_admins for one in asked] == [False, False, True, True]
    made = payouts.batch(queue=queue)
    assert set(made.payouts.values_list("pk", flat=True)) == {asked[0].pk, asked[1].pk}
    assert house.ask(PERSON, 20_000, wallet=5).waits_for_admins is False


def test_what_came_back_and_what_left_long_ago_make_no_payout_large(settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    house.earn(PERSON, 500_000)
    returned = house.ask(PERSON, 90_000, wallet=5)
    recalls.recall(Payout.objects.filter(pk=returned.pk), reason="It came back.")
    old = house.ask(PERSON, 90_000, wallet=5)
    Payout.objects.filter(pk=old.pk).update(requested_at=old.requested_at - limits.DAY)

    assert house.ask(PERSON, 100_000, wallet=5).waits_for_admins is False


@pytest.mark.parametrize("admins_count", [0, 1])
@pytest.mark.parametrize("shell", [{"approved_at": "2026-01-01T00:00Z"}, {"needs_approval": False}])
def test_postgresql_lets_no_large_payout_leave_without_two_admins(
    large, admins, shell, admins_count
):
    large, _ = large
    for admin in admins[:admins_count]:
        limits.approve(large.pk, admin=admin)

    def leave():
        Payout.objects.filter(pk=large.pk).update(**shell)
        payouts.batch(queue=queue)

    with pytest.raises(IntegrityError, match="has not the word of two admins"), atomic():
        leave()
    assert Payout.objects.get(pk=large.pk).state == "REQUESTED"


@pytest.fixture
def own(settings, admins):
    """Two payouts of the first admin that wait: of what they earned, and of a project of theirs."""
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    owner = f"person:{admins[0].pk}"
    house.earn(owner, 500_000)
    purse_id = house.project(funds_units=500_000)
    address = Wallet(6).address
    made = escrow.withdraw(purse_id, owner=owner, key="", amount_units=200_000, address=address)
    return house.ask(owner, 200_000, wallet=5), Payout.objects.get(pk=made.id)


def test_an_admin_has_no_word_about_a_payout_of_their_own(own, admins):
    for payout in own:
        with pytest.raises(SecondAdminNeeded):
            limits.approve(payout.pk, admin=admins[0])
        assert limits.approve(payout.pk, admin=admins[1]) is False
        with pytest.raises(SecondAdminNeeded):
            limits.approve(payout.pk, admin=admins[0])

    assert payouts.batch(queue=queue) is None
    for payout in own:
        assert limits.approve(payout.pk, admin=admins[2]) is True
    assert payouts.batch(queue=queue).payouts.count() == 2


def test_postgresql_hears_no_admin_about_a_payout_of_their_own(own, admins):
    for payout in own:
        with pytest.raises(IntegrityError, match="is the one of admin"), atomic():
            Approval.objects.create(payout=payout, admin=admins[0])
        anothers = Approval.objects.create(payout=payout, admin=admins[1])
        with pytest.raises(IntegrityError, match="is the one of admin"), atomic():
            Approval.objects.filter(pk=anothers.pk).update(admin=admins[0])


def test_postgresql_counts_no_word_that_somebody_gave_about_their_own(large, admins):
    large, _ = large
    for admin in admins[:2]:
        limits.approve(large.pk, admin=admin)
    Payout.objects.filter(pk=large.pk).update(owner=f"person:{admins[0].pk}")

    with pytest.raises(IntegrityError, match="has not the word of two admins"), atomic():
        payouts.batch(queue=queue)


def move(units, *, reason="A person asked."):
    house.earn(PERSON, 300_000)
    source = Account.objects.get(purse__holder=PERSON, kind="EARNED")
    house.earn(OTHER, 10_000)
    target = Account.objects.get(purse__holder=OTHER, kind="EARNED")
    return corrections.Move(source=source, target=target, amount_units=units, reason=reason)


def test_a_correction_takes_two_admins_and_moves_once(admins):
    made = corrections.propose(move(200_000), admin=admins[0])
    with pytest.raises(SecondAdminNeeded):
        corrections.approve(made.pk, admin=admins[0])
    assert house.balance(PERSON, "EARNED") == 300_000

    for admin in (admins[1], admins[2]):
        made = corrections.approve(made.pk, admin=admin)

    assert (made.state, made.decided_by) == ("POSTED", admins[1])
    assert house.balance(PERSON, "EARNED") == 100_000
    assert house.balance(OTHER, "EARNED") == 210_000
    assert Entry.objects.get(kind="correction").cause == "A person asked."


def test_an_admin_fills_no_purse_of_their_own_by_hand(admins):
    wanted = move(200_000)
    for admin in admins[:2]:
        house.earn(f"person:{admin.pk}", 10_000)
    own = [
        Account.objects.get(purse__holder=f"person:{one.pk}", kind="EARNED") for one in admins[:2]
    ]

    with pytest.raises(SecondAdminNeeded):
        corrections.propose(replace(wanted, target=own[0]), admin=admins[0])
    made = corrections.propose(replace(wanted, target=own[1]), admin=admins[0])
    with pytest.raises(SecondAdminNeeded):
        corrections.approve(made.pk, admin=admins[1])

    assert house.balance(PERSON, "EARNED") == 300_000
    assert corrections.approve(made.pk, admin=admins[2]).state == "POSTED"
    assert house.balance(f"person:{admins[1].pk}", "EARNED") == 210_000


def test_an_admin_fills_no_purse_of_their_projects_by_hand(admins):
    """Its funds are theirs to withdraw."""
    wanted = move(200_000)
    owns = [workshop.project(owner=one) for one in admins[:2]]
    own = [Account(purse_id=one.purse, kind="FUNDS") for one in owns]

    with pytest.raises(SecondAdminNeeded):
        corrections.propose(replace(wanted, target=own[0]), admin=admins[0])
    made = corrections.propose(replace(wanted, target=own[1]), admin=admins[0])
    with pytest.raises(SecondAdminNeeded):
        corrections.approve(made.pk, admin=admins[1])

    assert corrections.approve(made.pk, admin=admins[2]).state == "POSTED"
    assert escrow.balances(owns[1].purse)["FUNDS"] == 200_000


@pytest.mark.parametrize("whose", [0, 1])
def test_postgresql_refuses_a_correction_that_fills_an_admins_own_purse(admins, whose):
    made = corrections.propose(move(1), admin=admins[0])
    made.target_id = escrow.open_purse(f"person:{admins[whose].pk}")
    made.state, made.decided_by = "POSTED", admins[1]

    with pytest.raises(IntegrityError, match="fills the purse of one of its two admins"), atomic():
        made.save()


def test_a_declined_correction_is_never_posted(admins):
    made = corrections.propose(move(200_000), admin=admins[0])

    corrections.decline(made.pk, admin=admins[0])

    assert corrections.approve(made.pk, admin=admins[1]).state == "DECLINED"
    assert house.balance(PERSON, "EARNED") == 300_000


def test_more_than_is_there_is_not_moved(admins):
    made = corrections.propose(move(300_001), admin=admins[0])

    with pytest.raises(InsufficientFunds):
        corrections.approve(made.pk, admin=admins[1])

    assert Correction.objects.get().state == "PROPOSED"
    with pytest.raises(NotFound):
        corrections.approve(made.pk + 1, admin=admins[1])


def test_postgresql_refuses_a_correction_by_one_admin(admins):
    made = corrections.propose(move(1), admin=admins[0])
    for alone in (admins[0], None):
        made.state, made.decided_by = "POSTED", alone

        with pytest.raises(IntegrityError, match="correction_takes_two_admins"), atomic():
            made.save()
