"""The brake: a requester who rejects an abnormal share rejects nothing until an admin looks.

Abnormal is more than STIPEND_BRAKE_PERCENT of what was decided in the last day, or in the last
STIPEND_BRAKE_DAYS, once more than STIPEND_BRAKE_REJECTIONS were rejected in it: in all of their
projects together, and in the one at hand, so that work accepted elsewhere hides nothing. Tests
and work are counted apart: tests accept by themselves. Counting starts anew when an admin lets go.

What freezes is one rejection more than that, not the size of a call: of too many at once nothing is
rejected, and the call says how many may be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.transaction import atomic
from django.utils import timezone

from labeling.errors import RejectionsFrozen, TooManyRejections
from labeling.models import Judgement, Project, Standing, Submission
from people.models import User


class Abnormal(Exception):
    """These rejections would pass the limit; whoever catches it freezes and says so."""


def limits() -> dict[str, int]:
    """What is abnormal, for programs: `percent` of what was decided in a day or in `days`, once
    more than `free` were rejected."""
    return {
        "percent": settings.STIPEND_BRAKE_PERCENT,
        "days": settings.STIPEND_BRAKE_DAYS,
        "free": settings.STIPEND_BRAKE_REJECTIONS,
    }


def check(project: Project, *, fresh_count: int) -> None:
    """Nothing if so many more rejections in this project are in order; the standing stays locked.

    To be called in the transaction that writes them, behind the locks of what is rejected: nothing
    is abnormal about what is refused anyway. Raises RejectionsFrozen, Abnormal if one more would be
    abnormal, TooManyRejections if so many would.
    """
    standing = _locked(project.owner_id)
    if standing.frozen_at is not None:
        raise RejectionsFrozen(**limits())
    tallies = _tallies(project, thawed_at=standing.thawed_at, fresh_count=fresh_count)
    least = min(tallies, key=lambda one: one.left)
    if fresh_count <= max(least.left, 0):
        return
    if least.left > 0:
        raise TooManyRejections(left=least.left, **limits())
    raise Abnormal(least.why(fresh_count))


@dataclass(frozen=True)
class _Tally:
    """What was decided within some time, in one project or in all of a requester's; `left` more may
    be rejected."""

    rejected: int
    accepted: int
    left: int
    within: str

    def why(self, fresh_count: int) -> str:
        """Why these would be too many, for the admin."""
        rejected = self.rejected + fresh_count
        return f"{rejected} of {rejected + self.accepted} answers rejected within {self.within}."


def _tallies(project: Project, *, thawed_at: datetime | None, fresh_count: int) -> Iterator[_Tally]:
    everywhere, here = ("project__owner", project.owner_id), ("project", project.pk)
    for where, words in ((everywhere, ""), (here, f" in project {project.pk}")):
        for days in (1, settings.STIPEND_BRAKE_DAYS):
            since = timezone.now() - timedelta(days=days)
            since = max(since, thawed_at) if thawed_at else since
            rejected, accepted = _decided(
                where, kind=project.kind, since=since, fresh_count=fresh_count
            )
            within = "a day" if days == 1 else f"{days} days"
            left = _left(rejected, accepted, fresh_count=fresh_count)
            yield _Tally(rejected, accepted, left, within + words)


def _left(rejected: int, accepted: int, *, fresh_count: int) -> int:
    """How many more may be rejected beside so many accepted."""
    percent = settings.STIPEND_BRAKE_PERCENT
    if percent >= 100:
        return fresh_count
    allowed = max(settings.STIPEND_BRAKE_REJECTIONS, accepted * percent // (100 - percent))
    return allowed - rejected


def _locked(requester_id: int) -> Standing:
    Standing.objects.get_or_create(requester_id=requester_id)
    return Standing.objects.select_for_update(no_key=True).get(requester_id=requester_id)


def _decided(
    where: tuple[str, int], *, kind: str, since: datetime, fresh_count: int
) -> tuple[int, int]:
    """How many were rejected, without these, and how many accepted: counted as far as it matters,
    so that it costs no more for a requester of millions; not at all while few were rejected."""
    name, value = where
    rejections = Submission.objects.filter(
        case__created_at__gt=since, case__project__kind=kind, **{f"case__{name}": value}
    )
    rejected = rejections.count()
    percent = settings.STIPEND_BRAKE_PERCENT
    if rejected + fresh_count <= settings.STIPEND_BRAKE_REJECTIONS:
        return rejected, 0
    enough = (rejected + fresh_count) * (100 - percent) // max(percent, 1) + 1
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
