"""A labeler contests a rejection: people other than the requester decide.

Promises: nothing is paid first; who has earned something puts up to the pay of all five jurors at
stake, and gets back what no juror was paid of it: all of it, unless the jury finds the rejection
right. Who has not appeals one at a time, and what has to wait for that keeps its time. Lock order:
labeler, case, submission, account; other cases that end just now are skipped.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from labeling import causes
from labeling.errors import AppealOver, CaseDecided, NoteMissing, NotFound, TooManyAppeals
from labeling.models import Case, Submission
from labeling.review import cases
from payments import escrow

FIRST_SEATS = 3  # a unanimous jury decides, a split one is joined by two more
WINDOW = "EARNED"


def of_labeler(labeler_id: int) -> QuerySet[Case]:
    """A person's cases, newest first."""
    return Case.objects.filter(labeler=labeler_id).select_related("project")


@atomic
def appeal(case_id: object, *, labeler_id: int, note: str) -> Case:
    """The case, waiting for a jury; appealed before is appealed.

    Raises NotFound, NoteMissing, CaseDecided, AppealOver, TooManyAppeals.
    """
    cases.lock_labelers([labeler_id])  # nobody rejects an answer of theirs that knows nothing of it
    case = cases.lock(case_id)
    if case.labeler_id != labeler_id:
        raise NotFound("There is no such case of yours.")
    if case.state == Case.State.APPEALED:
        return case
    if case.state != Case.State.STANDING:
        raise CaseDecided()
    if timezone.now() > case.appealable_until:
        raise AppealOver()
    if not note.strip():
        raise NoteMissing("Say why the answer is right.")
    contested = [one.pk for one in cases.locked_answers(case)]
    if not contested:
        raise CaseDecided("All of it is accepted: there is nothing to contest.")
    cases.lock_money(case)  # what the labeler has is read behind it
    case.stake_units = stake_units(case)
    if case.stake_units:
        key, cause = f"stake:{case.pk}", causes.STAKED % {"title": case.project.title}
        escrow.stake(f"person:{labeler_id}", key=key, amount_units=case.stake_units, cause=cause)
    else:
        _refuse_many(labeler_id)
    Submission.objects.filter(pk__in=contested).update(state=Submission.State.APPEALED)
    case.state, case.appeal_note, case.appealed_at = (
        Case.State.APPEALED,
        note.strip(),
        timezone.now(),
    )
    case.save()
    if not case.stake_units:
        _let_wait(case)
    return case


def _let_wait(case: Case) -> None:
    """The labeler's other rejections can still be appealed when this one is decided."""
    until = cases.appealable_until(case.labeler_id)
    others = Case.objects.filter(
        labeler=case.labeler_id,
        state=Case.State.STANDING,
        appealable_until__range=(timezone.now(), until),
    )
    free = others.select_for_update(no_key=True, skip_locked=True)  # what ends just now has ended
    ids = list(free.values_list("pk", flat=True))
    Case.objects.filter(pk__in=ids).update(appealable_until=until)


def stake_units(case: Case) -> int:
    """What the labeler would put at stake now: the pay of all five jurors, or what they have."""
    return stakes_units(case.labeler_id, [case])[case.pk]


def stakes_units(labeler_id: int, found: Sequence[Case]) -> dict[Any, int]:
    """The same of many cases of one labeler, by their ids, in as many statements."""
    purse_id = escrow.open_purse(f"person:{labeler_id}")
    earned_units = escrow.balances(purse_id).get(WINDOW, 0)
    contested = [Submission.State.REJECTED, Submission.State.APPEALED]
    answers = Submission.objects.filter(case__in=found, state__in=contested).order_by()
    count_of = dict(answers.values_list("case").annotate(count=Count("pk")))
    return {
        one.pk: min(
            cases.SEATS_LIMIT * cases.seat_units(one.project, count_of.get(one.pk, 0)),
            earned_units,
        )
        for one in found
    }


def _refuse_many(labeler_id: int) -> None:
    free = Case.objects.filter(labeler=labeler_id, state=Case.State.APPEALED, stake_units=0)
    if free.count() >= settings.STIPEND_FREE_APPEALS:
        raise TooManyAppeals()
