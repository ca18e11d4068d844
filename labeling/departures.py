"""What the workshop does about a person who leaves (`people.departures`).

Their answers stay as they are, under the pseudonym; what is not decided yet is decided and paid as
ever. What others wait for is given back. A requester settles first: while a project of theirs is
open, or has money in it, they stay. What they wrote about tasks and against rejections goes once it
is decided; what they wrote to others, who may still ask why, stays.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from labeling.handout import slots
from labeling.models import Assignment, Case, Project, Report, Reviewer, Task
from labeling.orders import projects
from labeling.review import juries
from payments import escrow
from people.models import Departure

State = Project.State
UNDER_WAY = "SEEN"  # a deposit that the chain has reported, and that is not deep enough
DEPOSITS_LOOKED_AT = 20  # the newest of a project
UNDECIDED = Q(task__state=Task.State.PAUSED) | Q(
    task__state=Task.State.OPEN, task__reports_count__gt=0
)  # reports that a requester may still read


def refusals(person_id: int) -> list[dict[str, Any]]:
    """Why a requester cannot leave yet: `code`, `message` and `projects`, their numbers."""
    mine = list(Project.objects.filter(owner=person_id).order_by("id"))
    balances = escrow.balances_of([one.purse for one in mine if one.purse_id])
    found = {
        "projects_open": [one for one in mine if one.state in (State.OPEN, State.PAUSED)],
        "money_held": [one for one in mine if _held(balances.get(one.purse_id, {}))],
        "money_left": [one for one in mine if _left(balances.get(one.purse_id, {}))],
        "money_under_way": [one for one in mine if _is_awaited(one)],
    }
    return [
        {"code": code, "message": _said(code), "projects": [one.pk for one in which]}
        for code, which in found.items()
        if which
    ]


def _held(balances: dict[str, int]) -> bool:
    return balances.get("HELD", 0) > 0


def _left(balances: dict[str, int]) -> bool:
    """True if there is enough to be taken out; what is less stays behind."""
    return balances.get("FUNDS", 0) >= settings.STIPEND_PAYOUT_MINIMUM_UNITS


def _is_awaited(project: Project) -> bool:
    """True while a deposit or a withdrawal of the project is under way."""
    if escrow.balances(project.purse).get("LEAVING", 0):
        return True
    newest = escrow.deposits(project.purse)[:DEPOSITS_LOOKED_AT]
    return any(one.state == UNDER_WAY for one in newest)


def _said(code: str) -> str:
    return {
        "projects_open": _("Close your projects first."),
        "money_held": _("Answers in your projects wait for a verdict; their pay is held."),
        "money_left": _("Withdraw what is left in your projects first."),
        "money_under_way": _("Money of your projects is on its way. Wait until it has arrived."),
    }[code]


def let_go(person_id: int, *, proved: Sequence[str] = ()) -> None:
    """The person holds no task and no seat in a jury any more: somebody else can have them."""
    held = Assignment.objects.live().filter(labeler=person_id)
    for assignment_id in list(held.values_list("pk", flat=True)):
        slots.give_back(assignment_id, labeler_id=person_id)
    juries.rise(person_id)


def end(person_id: int, *, proved: Sequence[str] = ()) -> None:
    """The person reviews nothing any more, drafts of theirs are closed, and words gone."""
    Reviewer.objects.filter(user=person_id).delete()
    for draft in Project.objects.filter(owner=person_id, state=State.DRAFT):
        projects.close(draft)
    forget()


def forget() -> int:
    """How many notes of people who have left are gone now: those on reports and appeals.

    A requester who has yet to look at a paused task, or at one that others may still report, and a
    jury that sits, read them until then.
    """
    left = Departure.objects.exclude(state=Departure.State.ASKED).values("user")
    noted = Report.objects.filter(labeler__in=left).exclude(note="")
    appealed = Case.objects.filter(labeler__in=left).exclude(appeal_note="")
    notes_count = noted.exclude(UNDECIDED).update(note="")
    return notes_count + appealed.exclude(state=Case.State.APPEALED).update(appeal_note="")
