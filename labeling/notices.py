"""Who is told what of their work: of a rejection at once, of accepted work and verdicts by a job.

Where money moves only a row says that there is something to tell: `tell_accepted` and
`tell_decided` find it, so a notice that fails holds up no pay. Of a project's money its owner is
told.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import translation

from labeling.models import Case, Project, Submission, Untold
from payments import money
from people import notices
from people.models import Notice

PROJECT = re.compile(r"project:(\d{1,18})")
UNTOLD_ROWS = 2000  # told of in one transaction
CASES_A_RUN = 500
ENGLISH = "en"  # of facts: they are worded when somebody reads them
Kind = Notice.Kind
Day = tuple[int, int, str]  # labeler, project and day

logger = logging.getLogger(__name__)


def tell(
    holder: str,
    kind: str,
    facts: dict[str, Any],
    *,
    key: str,
    private: dict[str, Any] | None = None,
) -> None:
    """The notice goes to `person:12`, or to the owner of `project:7`, whose pages it names."""
    if project := _project(holder):
        holder = f"person:{project.owner_id}"
        path = reverse("project-money", args=[project.pk])
        facts = {**facts, "project": project.title, "path": path}
    notices.tell(holder, kind, facts, key=key, private=private)


def mail_since(holder: str) -> datetime | None:
    """When `person:12`, or the owner of `project:7`, proved their mail address; None without."""
    return notices.mail_since(owner(holder))


def owner(holder: str) -> str:
    """`person:12` of `project:7`; any other holder is their own."""
    project = _project(holder)
    return f"person:{project.owner_id}" if project else holder


def _project(holder: str) -> Project | None:
    found = PROJECT.fullmatch(holder)
    return Project.objects.filter(pk=found[1]).first() if found else None


# --- Rejections -------------------------------------------------------------------------------


def tell_rejected(case: Case, *, count: int) -> None:
    """The labeler is told why, and until when they can appeal: no rejection without its notice."""
    with translation.override(ENGLISH):
        reason = str(Case.Reason(case.reason).label)
    facts = {
        "project": case.project.title,
        "count": count,
        "reason": reason,
        "note": case.note,
        "until": case.appealable_until.isoformat(),
        "path": reverse("case", args=[case.pk]),
    }
    notices.tell(f"person:{case.labeler_id}", Kind.REJECTED, facts, key=f"rejected:{case.pk}")


def tell_decided() -> int:
    """How many labelers were told how a rejection of theirs was decided."""
    decided = Case.objects.filter(state__in=Case.TOLD).exclude(told_state=F("state"))
    due = decided.order_by("decided_at").values_list("pk", flat=True)
    return sum(_tried(case_id) for case_id in list(due[:CASES_A_RUN]))


def _tried(case_id: UUID) -> bool:
    """One that cannot be told of waits, and keeps no other waiting."""
    try:
        return _tell_decided(case_id)
    except Exception:  # whatever a notice can fail with
        logger.exception("The labeler of case %s is not told", case_id)
        return False


@atomic
def _tell_decided(case_id: UUID) -> bool:
    found = Case.objects.filter(pk=case_id, state__in=Case.TOLD).exclude(told_state=F("state"))
    free = found.select_for_update(no_key=True, skip_locked=True, of=("self",))
    case = free.select_related("project").first()
    if case is None:
        return False
    accepted = case.submissions.filter(state=Submission.State.ACCEPTED).count()
    facts = {
        "project": case.project.title,
        "outcome": case.state,
        "amount": money.format(accepted * case.project.price_units),
        "path": reverse("case", args=[case.pk]),
    }
    key = f"decided:{case.pk}:{case.state}:{case.decided_at:%Y%m%d%H%M%S%f}"
    notices.tell(f"person:{case.labeler_id}", Kind.APPEAL_DECIDED, facts, key=key)
    Case.objects.filter(pk=case.pk).update(told_state=case.state)
    return True


# --- Accepted work ----------------------------------------------------------------------------


def note_accepted(project: Project, answers: Iterable[Submission]) -> None:
    """Rows say that these people are to be told; to be called where the answers are accepted.

    One row a labeler. Answers of a case are told of with it, those to an unpaid test not at all.
    """
    counts: dict[int, int] = defaultdict(int)
    for one in answers:
        if one.case_id is None and project.price_units:
            counts[one.labeler_id] += 1
    Untold.objects.bulk_create(
        Untold(project=project, labeler_id=labeler_id, count=count)
        for labeler_id, count in counts.items()
    )


def tell_accepted() -> int:
    """How many notices grew: one a labeler, project and day (UTC), however many were accepted."""
    grown_count = 0
    while grown := _tell_some():
        grown_count += grown
    return grown_count


@atomic
def _tell_some() -> int:
    """The rows go with what they tell, so each is counted once; the order keeps two jobs apart."""
    rows = _taken()
    counts: dict[Day, int] = defaultdict(int)
    for row in rows:
        counts[row.labeler_id, row.project_id, f"{row.accepted_at:%Y-%m-%d}"] += row.count
    projects = {row.project_id: row.project for row in rows}
    for day in sorted(counts):
        _grow(day, projects[day[1]], counts[day])
    Untold.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(counts)


def _taken() -> list[Untold]:
    """Rows that no other process is telling of, locked."""
    free = Untold.objects.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    return list(free.select_related("project")[:UNTOLD_ROWS])


def _grow(day: Day, project: Project, count: int) -> None:
    labeler_id, _, date = day

    def grown(facts: dict[str, Any]) -> dict[str, Any]:
        total = facts.get("count", 0) + count
        return {
            "project": project.title,
            "day": date,
            "count": total,
            "amount": money.format(total * project.price_units),
            "path": reverse("answers") + "?state=accepted",
        }

    key = f"accepted:{project.pk}:{date}"
    notices.grow(f"person:{labeler_id}", Kind.ACCEPTED, key=key, grown=grown)
