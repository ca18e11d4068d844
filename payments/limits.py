"""Limits on payouts: so much a person and day, and two admins for much at once or in parts.

A person's are those of what they earned and of all their projects' funds, together.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils import timezone

from payments import money, purses
from payments.errors import LimitReached, NotFound, SecondAdminNeeded
from payments.models import Approval, Payout

DAY = timedelta(days=1)
ADMINS_NEEDED = 2
OWNERS = 7_306  # the first of two numbers of an advisory lock; the owner's name is the second
LOCK = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"


def check(payout: Payout) -> None:
    """Nothing if its owner may take out so much today; a large payout waits for two admins.

    Large is also what makes a day's payouts that no admin looks at more than the threshold: to ask
    for a large sum in parts must not get around it. Every payout of the house waits, too, and then
    no day has a limit for it. Locks the owner, to the end of the transaction: to be called before
    any account is locked. Raises LimitReached.
    """
    is_house = purses.is_house(payout.owner)
    if not is_house:
        _lock(payout.owner)
        _check_day(payout)
    if is_house or _unseen_units(payout) > settings.STIPEND_PAYOUT_APPROVAL_UNITS:
        payout.needs_approval = True
        payout.save(update_fields=["needs_approval"])


def _lock(owner: str) -> None:
    """Whoever else asks for a payout of this owner's waits, from whichever purse it is."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [OWNERS, owner])


def _check_day(payout: Payout) -> None:
    limit_units, taken = settings.STIPEND_PAYOUT_DAY_UNITS, _sum(_of_day(payout))
    if taken > limit_units:
        left_units = max(limit_units - (taken - payout.amount_units), 0)
        raise LimitReached(limit=money.format(limit_units), left=money.format(left_units))


def _of_day(payout: Payout) -> QuerySet[Payout]:
    """What its owner took out within a day, this payout included, and did not come back."""
    since = Now() - DAY  # PostgreSQL's clock: that of whoever asks may be wrong
    same = Payout.objects.filter(owner=payout.owner, requested_at__gt=since)
    return same.exclude(state=Payout.State.RETURNED)


def _unseen_units(payout: Payout) -> int:
    return _sum(_of_day(payout).filter(needs_approval=False))


def _sum(found: QuerySet[Payout]) -> int:
    units: int | None = found.aggregate(sum=Sum("amount_units"))["sum"]
    return units or 0


@atomic
def approve(payout_id: object, *, admin: AbstractBaseUser) -> bool:
    """True once two admins have approved this payout; one admin's word counts once.

    Raises NotFound, and SecondAdminNeeded for the one whose payout it is: PostgreSQL refuses their
    word, too.
    """
    payout = Payout.objects.select_for_update(of=("self",)).filter(pk=payout_id).first()
    if payout is None:
        raise NotFound("There is no such payout.")
    if payout.owner == f"person:{admin.pk}":
        raise SecondAdminNeeded("Others than the one who is paid have to agree.")
    Approval.objects.get_or_create(payout=payout, admin_id=admin.pk)
    if payout.approved_at is None and payout.approvals.count() >= ADMINS_NEEDED:
        payout.approved_at = timezone.now()
        payout.save(update_fields=["approved_at"])
    return payout.approved_at is not None
