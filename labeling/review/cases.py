"""Rejections: a person's act with a reason and a note, contestable, final only when uncontested.

Promises: the money of a rejected answer, and the pay of the jury that may have to look at it, are
held until the case is closed; reputation moves only then. Lock order: labeler, project, case,
submission, reputation, account. Identical rejections of one labeler in one call are one case.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.transaction import atomic
from django.utils import timezone

from labeling import attempts, causes, notices
from labeling.content import gold
from labeling.crowd import reputation
from labeling.crowd.reputation import Event
from labeling.errors import (
    AlreadyJudged,
    CaseDecided,
    NoteMissing,
    NotFound,
    NotRejectable,
    OwnAnswer,
    RejectionsFrozen,
    UnknownReason,
)
from labeling.judging import acceptance
from labeling.judging.acceptance import Conclusion
from labeling.models import Case, Judgement, Project, ReputationEvent, Submission, Vote
from labeling.review import standings
from payments import escrow
from people.models import User

SEATS_LIMIT = 5  # jurors of a case
APPEALS, LANES = 7_307, 1024  # the two numbers of an advisory lock; people share the lanes
TAKEN = ("submission_id", "wrong", "is_overall")
LAPSE_CASES = 500  # of a project, looked at in one go
State = Submission.State
Kind = ReputationEvent.Kind


def open_cases(
    project: Project, submission_ids: Sequence[int], *, reason: str, note: str, judge: User
) -> list[Case]:
    """These answers of the project, rejected: a case for each labeler; all or none.

    Raises UnknownReason, NoteMissing, NotFound, AlreadyJudged, OwnAnswer, NotRejectable,
    RejectionsFrozen, TooManyRejections, and InsufficientFunds when the jury's pay cannot be
    secured.
    """
    if reason not in Case.Reason.values:
        raise UnknownReason(reasons=Case.Reason.values)
    if not note.strip():
        raise NoteMissing()
    try:
        return _open(project, set(submission_ids), (reason, note.strip()), judge)
    except standings.Abnormal as abnormal:
        standings.freeze(project.owner_id, why=str(abnormal))
        raise RejectionsFrozen(**standings.limits()) from abnormal


@atomic
def _open(project: Project, ids: set[int], why: tuple[str, str], judge: User) -> list[Case]:
    answers = Submission.objects.filter(pk__in=ids, project_id=project.pk)
    lock_labelers(answers.values_list("labeler_id", flat=True))
    project = Project.objects.locked().get(pk=project.pk)
    submissions = _locked(project, ids)
    if len(submissions) != len(ids):
        raise NotFound("There is no such submission in this project.")
    _check(project, submissions, reason=why[0], judge=judge)
    standings.check(project, fresh_count=len(ids))
    answers_of: dict[int, list[Submission]] = defaultdict(list)
    for one in submissions:
        answers_of[one.labeler_id].append(one)
    return [
        _case(project, labeler_id, answers, why=why, judge=judge)
        for labeler_id, answers in sorted(answers_of.items())
    ]


LOCK = "SELECT pg_advisory_xact_lock(%s, lane) FROM unnest(%s::int[]) AS lane"


def lock_labelers(labeler_ids: Iterable[int]) -> None:
    """Nobody else rejects answers of these people, nor do they appeal, before the transaction ends:
    how long they can appeal is read behind it.

    To be taken before all else. However many they are, they need no more than LANES locks.
    """
    lanes = sorted({labeler_id % LANES for labeler_id in labeler_ids})
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [APPEALS, lanes])


def _locked(project: Project, ids: set[int]) -> list[Submission]:
    found = Submission.objects.filter(pk__in=ids, project_id=project.pk).order_by("id")
    return list(found.select_for_update(no_key=True, of=("self",)))


def _check(project: Project, submissions: list[Submission], *, reason: str, judge: User) -> None:
    if not project.price_units:
        raise NotRejectable("Answers to an unpaid test are not rejected: nothing is owed for them.")
    for one in submissions:
        if one.state != State.SUBMITTED:
            raise AlreadyJudged(submission=one.pk)
        if _is_silent(one):
            raise AlreadyJudged(
                "The time to decide is over: this answer is accepted.", submission=one.pk
            )
        if one.labeler_id == judge.pk:
            raise OwnAnswer()
    if reason == Case.Reason.GOLD_FAILED:
        _check_missed(project, submissions)


def _is_silent(one: Submission) -> bool:
    """True if silence has accepted it, even if no job has written that yet."""
    return one.decide_until < timezone.now()


def _check_missed(project: Project, submissions: list[Submission]) -> None:
    """Nothing if all of them missed a known answer, and none that turned out doubtful; what met it
    when it was scored has met it, whatever the project asks for by now."""
    withdrawn = ReputationEvent.objects.filter(submission__in=submissions, kind=Kind.GOLD_WITHDRAWN)
    doubtful_ids = set(withdrawn.values_list("submission_id", flat=True))
    was_met = gold.met(project, submissions)
    for one in submissions:
        if was_met.get(one.pk, True) or one.pk in doubtful_ids:
            raise NotRejectable("This answer did not miss a known one.", submission=one.pk)


def _case(
    project: Project,
    labeler_id: int,
    answers: list[Submission],
    *,
    why: tuple[str, str],
    judge: User,
) -> Case:
    reason, note = why
    case = Case.objects.create(
        project=project,
        labeler_id=labeler_id,
        judge=judge,
        reason=reason,
        note=note,
        secured_units=SEATS_LIMIT * seat_units(project, len(answers)),
        appealable_until=appealable_until(labeler_id),
    )
    key, cause = f"secure:{case.pk}", causes.JURY_SECURED
    escrow.hold(project.purse, key=key, amount_units=case.secured_units, cause=cause)
    Submission.objects.filter(pk__in=[one.pk for one in answers]).update(case=case)
    by = Judgement.By.REQUESTER
    conclusion = Conclusion(State.REJECTED, reason=f"{reason}: {note}", judge=judge, by=by)
    acceptance.write(project, [(one, conclusion) for one in answers])
    notices.tell_rejected(case, count=len(answers))
    return case


def appealable_until(labeler_id: int) -> datetime:
    """Until when a rejection of now can be appealed: later, if it may have to wait for the verdict
    on an appeal without a stake, of which there is one at a time. The labeler is locked."""
    hours = timedelta(hours=settings.STIPEND_APPEAL_HOURS)
    free = Case.objects.filter(labeler=labeler_id, state=Case.State.APPEALED, stake_units=0)
    newest = free.aggregate(at=Max("appealed_at"))["at"]
    started_at = timezone.now()
    if newest is not None:
        started_at = max(started_at, newest + timedelta(hours=settings.STIPEND_JURY_HOURS))
    return started_at + hours


def fee_units(project: Project) -> int:
    """What a juror gets for one answer."""
    return max(1, project.price_units * settings.STIPEND_JUROR_FEE_PERCENT // 100)


def seat_units(project: Project, answers_count: int) -> int:
    """What one juror can cost at most: the sample of so many answers, and one gold."""
    return (min(answers_count, settings.STIPEND_CASE_SAMPLE) + 1) * fee_units(project)


def pay_units(case: Case, *, answers_count: int) -> int:
    """What a juror gets for so many answers: never more than was secured for a seat, whatever the
    settings are by now."""
    units = answers_count * fee_units(case.project)
    return min(units, case.secured_units // SEATS_LIMIT)


def sample(case: Case) -> list[int]:
    """The answers that stand for all that is contested, the same for each juror. What was accepted
    meanwhile stands for nothing.

    Drawn by the moment of the appeal, after which nobody takes one back: who could foresee the draw
    would take back one answer or another until it pleased them.
    """
    shown = Vote.objects.filter(seat__case=case, is_gold=False)
    if shown_ids := set(shown.values_list("submission_id", flat=True)):
        return sorted(shown_ids)
    ids = sorted(contested(case).values_list("id", flat=True))
    count = min(len(ids), settings.STIPEND_CASE_SAMPLE)
    return sorted(random.Random(f"{case.pk} {case.appealed_at}").sample(ids, count))


# --- The end of a case ------------------------------------------------------------------------


def lapse() -> int:
    """How many cases ended that nobody appeals: in time, or because all is accepted meanwhile."""
    project_ids = _due().order_by().values_list("project_id", flat=True).distinct()
    return attempts.each("lapse", project_ids, _lapse_in, share=0.25)


def _lapse_in(project_id: int) -> int:
    due = _due().filter(project=project_id).order_by("appealable_until")
    ids = list(due.values_list("pk", flat=True)[:LAPSE_CASES])
    with attempts.apart("lapse") as tried:
        return sum(tried(f"case {case_id}", partial(_lapse, case_id)) for case_id in ids)


def _due() -> QuerySet[Case]:
    rejected = Submission.objects.filter(case=OuterRef("pk"), state=State.REJECTED)
    is_over = Q(appealable_until__lte=timezone.now())
    return Case.objects.filter(is_over | ~Exists(rejected), state=Case.State.STANDING)


@atomic
def _lapse(case_id: object) -> bool:
    case = _due().filter(pk=case_id).select_for_update(no_key=True, skip_locked=True).first()
    if case is None:
        return False
    answers = locked_answers(case)
    reputation.record(rejections(case, answers))
    forfeit(case, answers)
    close(case, Case.State.LAPSED if answers else Case.State.OVERTURNED)
    return True


def contested(case: Case) -> QuerySet[Submission]:
    """The answers of a case that are neither accepted nor finally rejected."""
    return case.submissions.filter(state__in=[State.REJECTED, State.APPEALED])


def locked_answers(case: Case) -> list[Submission]:
    """The contested answers of a locked case, locked."""
    found = contested(case).order_by("id")
    return list(found.select_for_update(no_key=True, of=("self",)))


def forfeit(case: Case, answers: list[Submission], *, by: str = Judgement.By.SILENCE) -> None:
    """The rejection of these is final: their pay is the requester's again."""
    if not answers:
        return
    project = case.project
    conclusion = Conclusion(State.FORFEITED, reason=f"{case.reason}: {case.note}", by=by)
    acceptance.write(project, [(one, conclusion) for one in answers])
    amount_units = len(answers) * project.cost_per_label_units
    cause = causes.REJECTED % {"number": len(answers)}
    escrow.refund(project.purse, key=f"forfeit:{case.pk}", amount_units=amount_units, cause=cause)


def rejections(case: Case, answers: list[Submission]) -> list[Event]:
    """What final rejections weigh: at most STIPEND_REJECTIONS_A_DAY count against a labeler, the
    others are only written. The reputation stays locked, so that two cases do not count alike."""
    if not answers:
        return []
    reputation.lock(case.labeler_id)
    day = timezone.now() - timedelta(days=1)
    counted = ReputationEvent.objects.filter(
        labeler=case.labeler_id, kind=Kind.REJECTED, wrong__gt=0, created_at__gt=day
    ).count()
    left = max(settings.STIPEND_REJECTIONS_A_DAY - counted, 0)
    return [
        Event(
            labeler_id=case.labeler_id,
            skill_id=case.project.skill_id,
            is_overall=case.project.is_work,
            kind=Kind.REJECTED,
            wrong=1.0 if number < left else 0.0,
            submission_id=one.pk,
        )
        for number, one in enumerate(answers)
    ]


def pardon(case: Case, answers: list[Submission], *, by: str, judge: User | None = None) -> None:
    """These are accepted and paid after all."""
    conclusion = Conclusion(State.ACCEPTED, judge=judge, by=by)
    acceptance.write(case.project, [(one, conclusion) for one in answers])


def lock_money(case: Case, *, jurors: Sequence[int] = ()) -> None:
    """All accounts that the end of this case can move, locked at once."""
    people = {case.labeler_id, *jurors}
    escrow.lock(case.project.purse, holders=[f"person:{one}" for one in people])


def close(case: Case, state: str) -> None:
    """The case is decided, and what was secured and not spent is the requester's again."""
    if case.secured_units:
        key, cause = f"unsecure:{case.pk}", causes.JURY_NOT_NEEDED
        escrow.refund(case.project.purse, key=key, amount_units=case.secured_units, cause=cause)
    case.state, case.decided_at, case.secured_units = state, timezone.now(), 0
    case.told_state, case.is_weighed = "", False
    case.save(update_fields=["state", "decided_at", "secured_units", "told_state", "is_weighed"])


# --- Thinking again -----------------------------------------------------------------------------


def of_project(project: Project, *, until_id: UUID | None = None) -> QuerySet[Case]:
    """The rejections in a project, newest first, each with its labeler and `answers_count`; none
    younger than `until_id`."""
    found = Case.objects.filter(project=project).select_related("labeler", "project")
    if until_id is not None:
        at = Subquery(Case.objects.filter(project=project, pk=until_id).values("created_at"))
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, pk__gte=until_id))
    return found.annotate(answers_count=Count("submissions")).order_by("-created_at", "pk")


def can_overturn(case: Case) -> bool:
    """True if `overturn` would pay for something."""
    is_paid = case.state == Case.State.OVERTURNED and not _forfeited(case).exists()
    if case.state == Case.State.APPEALED or is_paid:
        return False
    return case.decided_at is None or timezone.now() <= _thinkable_until(case.decided_at)


def _thinkable_until(decided_at: datetime) -> datetime:
    return decided_at + timedelta(days=settings.STIPEND_OVERTURN_DAYS)


@atomic
def overturn(case_id: object, *, judge: User, by: str = Judgement.By.REQUESTER) -> Case:
    """Who rejected, or an admin, thinks again: accepted and paid; a final one is funded anew, and
    with it what of the labeler's stake a jury was paid.

    Within STIPEND_OVERTURN_DAYS of the decision. Raises NotFound, CaseDecided,
    InsufficientFunds. Overturned before is overturned, but for what a jury left rejected.
    """
    case = lock(case_id)
    if case.state == Case.State.OVERTURNED and not _forfeited(case).exists():
        return case
    if case.state == Case.State.STANDING:
        answers = locked_answers(case)
        reputation.lock(case.labeler_id)
        lock_money(case)
        pardon(case, answers, by=by, judge=judge)
    else:
        _check_recent(case)
        _fund_anew(case, by=by, judge=judge)
    close(case, Case.State.OVERTURNED)
    return case


def lock(case_id: object) -> Case:
    """The case, locked; raises NotFound."""
    found = Case.objects.select_related("project").filter(pk=case_id)
    case = found.select_for_update(no_key=True, of=("self",)).first()
    if case is None:
        raise NotFound("There is no such case.")
    return case


def _check_recent(case: Case) -> None:
    if case.state == Case.State.APPEALED or case.decided_at is None:
        raise CaseDecided("A jury looks at this case: it decides.")
    if timezone.now() > _thinkable_until(case.decided_at):
        raise CaseDecided("This was decided too long ago.")


def _forfeited(case: Case) -> QuerySet[Submission]:
    return case.submissions.filter(state=State.FORFEITED)


def _fund_anew(case: Case, *, by: str, judge: User) -> None:
    found = _forfeited(case).order_by("id")
    answers = list(found.select_for_update(no_key=True, of=("self",)))
    amount_units = len(answers) * case.project.cost_per_label_units + case.lost_units
    reputation.record(amends(case, answers))
    lock_money(case)
    if amount_units:
        key, cause = f"rehold:{case.pk}", causes.OVERTURNED % {"number": len(answers)}
        escrow.hold(case.project.purse, key=key, amount_units=amount_units, cause=cause)
    pardon(case, answers, by=by, judge=judge)
    _give_back(case)


def _give_back(case: Case) -> None:
    """The labeler has again what of their stake a jury was paid: others are the losing side now."""
    if not case.lost_units:
        return
    stake = escrow.Release(
        key=f"amends:{case.pk}",
        payee=f"person:{case.labeler_id}",
        amount_units=case.lost_units,
        fee_units=0,
        cause=causes.STAKE_BACK % {"title": case.project.title},
    )
    escrow.release_all(case.project.purse, [stake])
    case.lost_units = 0
    case.save(update_fields=["lost_units"])


def amends(case: Case, answers: list[Submission]) -> list[Event]:
    """What a rejection took is given back, and the answer counts as right."""
    taken = ReputationEvent.objects.filter(submission__in=answers, kind=Kind.REJECTED)
    taken_of = {pk: (wrong, overall) for pk, wrong, overall in taken.values_list(*TAKEN)}
    return [
        Event(
            labeler_id=case.labeler_id,
            skill_id=case.project.skill_id,
            is_overall=taken_of.get(one.pk, (0.0, case.project.is_work))[1],
            kind=Kind.OVERTURNED,
            right=1.0,
            wrong=-taken_of.get(one.pk, (0.0,))[0],
            submission_id=one.pk,
        )
        for one in answers
    ]
