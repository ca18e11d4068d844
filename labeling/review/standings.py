"""The brake: a requester who rejects an abnormal share rejects nothing until an admin looks.

Abnormal is more than STIPEND_BRAKE_PERCENT of what was decided in the last day, or in the last
STIPEND_BRAKE_DAYS, once more than STIPEND_BRAKE_REJECTIONS were rejected in it: in all of their
projects together, and in the one at hand, so that work accepted elsewhere hides nothing. Tests
and work are counted apart: tests accept by themselves. Counting starts anew when an admin lets go.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.transaction import atomic
from django.utils import timezone

from labeling.errors import RejectionsFrozen
from labeling.models import Judgement, Project, Standing, Submission
from people.models import User


class Abnormal(Exception):
    """These rejections would pass the limit; whoever catches it freezes and says so."""


def check(project: Project, *, fresh_count: int) -> None:
    """Nothing if so many more rejections in this project are in order; the standing stays locked.

    To be called in the transaction that writes them, behind the locks of what is rejected: nothing
    is abnormal about what is refused anyway. Raises RejectionsFrozen, Abnormal.
    """
    standing = _locked(project.owner_id)
    if standing.frozen_at is not None:
        raise RejectionsFrozen()
    now = timezone.now()
    everywhere, here = ("project__owner", project.owner_id), ("project", project.pk)
    for where, words in ((everywhere, ""), (here, f" in project {project.pk}")):
        for days in (1, settings.STIPEND_BRAKE_DAYS):
            since = now - timedelta(days=days)
            if standing.thawed_at is not None:
                since = max(since, standing.thawed_at)
            rejected, accepted = _decided(
                where, kind=project.kind, since=since, fresh_count=fresh_count
            )
            decided = rejected + accepted
            if rejected * 100 > decided * settings.STIPEND_BRAKE_PERCENT:
                within = "a day" if days == 1 else f"{days} days"
                raise Abnormal(f"{rejected} of {decided} answers rejected within {within}{words}.")


def _locked(requester_id: int) -> Standing:
    Standing.objects.get_or_create(requester_id=requester_id)
    return Standing.objects.select_for_update(no_key=True).get(requester_id=requester_id)


def _decided(
    where: tuple[str, int], *, kind: str, since: datetime, fresh_count: int
) -> tuple[int, int]:
    """How many were rejected, these included, and how many accepted: counted as far as it matters,
    so that it costs no more for a requester of millions. None, while they are few."""
    name, value = where
    rejections = Submission.objects.filter(
        case__created_at__gt=since, case__project__kind=kind, **{f"case__{name}": value}
    )
    rejected = rejections.count() + fresh_count
    percent = settings.STIPEND_BRAKE_PERCENT
    if rejected <= settings.STIPEND_BRAKE_REJECTIONS:
        return 0, 0
    enough = rejected * (100 - percent) // max(percent, 1) + 1
    acceptances = Judgement.objects.filter(
        created_at__gt=since,
        verdict=Judgement.Verdict.ACCEPTED,
        submission__project__kind=kind,
        **{f"submission__{name}": value},
    )
    return rejected, acceptances.order_by()[:enough].count()


def freeze(requester_id: int, *, why: str) -> None:
    """The requester rejects nothing for now; frozen before stays frozen."""
    Standing.objects.get_or_create(requester_id=requester_id)
    free = Standing.objects.filter(requester_id=requester_id, frozen_at=None)
    free.update(frozen_at=timezone.now(), why=why[:300])


@atomic
def thaw(standing: Standing, *, admin: User) -> Standing:
    """The requester may reject again, counted from now."""
    standing = Standing.objects.select_for_update(no_key=True).get(pk=standing.pk)
    standing.frozen_at, standing.why = None, ""
    standing.thawed_at, standing.thawed_by = timezone.now(), admin
    standing.save()
    return standing
