"""Answers are looked at: the neediest first, accepted, rejected with a reason, or put right.

Promises: only the project's owner and its reviewers judge, nobody their own answer, nor a reviewer
one of a second name that we can see (`labeling.crowd.doubles`); a rejection has a reason of the
list and a note, and goes through `cases`; a bulk acceptance is many small transactions, so it may
be cut off and called again. Lock order: labeler, project, task, submission.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.db.transaction import atomic

from labeling.content import configs
from labeling.crowd import doubles, reputation
from labeling.errors import (
    AnswerTooLarge,
    KnownAnswer,
    MalformedCursor,
    NoteMissing,
    NotFound,
    OwnAnswer,
    ReasonMissing,
    RejectionsFrozen,
    TaskNotJudged,
    UnknownReason,
)
from labeling.judging import acceptance
from labeling.models import Case, Judgement, Project, Submission, Task
from labeling.models.submission import NEED
from labeling.review import cases, claims, reviewers, standings
from people.models import User

QUEUE_ROWS = 50  # of a page, and looked at for one that nobody claims
CLAIMED_PAGES = 20  # looked through before all is said to be in others' hands
OTHERS_SHOWN = 20  # answers to the same task
LEFT = ("id", "labeler_id", "state")

PLACE = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,20})?(?:e-?[0-9]{1,3})?)_([0-9]{1,18})")
REASONS = {reason.value: reason.label for reason in Case.Reason}


# --- What to look at ------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Answers that wait for a look; `next` is where the following page begins, "" at the end."""

    rows: list[Submission]
    next: str


def queue(
    project: Project, *, reviewer: User | None = None, after: str = "", limit: int = QUEUE_ROWS
) -> Page:
    """Undecided answers that quality control has scored, those that need a look most first.

    A signal comes before missed gold, that before a low score, then the older before the younger.
    `reviewer` does not see their own. Each carries its task, labeler, assignment and signals, and
    its labeler's `reputation` in the project's skill. Raises MalformedCursor.
    """
    marks = _marks(project, reviewer=reviewer, after=after, limit=limit + 1)
    rows = _rows(project, _of_others(project, marks[:limit], reviewer))
    return Page(rows, _cursor(marks[limit - 1][:2]) if len(marks) > limit else "")


# Each count ends at its limit, so that a project costs no more for what waits beyond it.
WAITING = """
    SELECT project.id, few.labeler_id, count(*)
    FROM unnest(%(projects)s::bigint[]) AS project (id) CROSS JOIN LATERAL (
        SELECT labeler_id FROM labeling_submission
        WHERE project_id = project.id AND state = 'SUBMITTED' AND score IS NOT NULL
            AND labeler_id <> %(reviewer)s
        LIMIT %(limit)s
    ) AS few
    GROUP BY project.id, few.labeler_id
"""


def waiting(project: Project, *, reviewer: User, limit: int) -> int:
    """How many answers wait for this reviewer, counted up to the limit."""
    return waiting_in([project], reviewer=reviewer, limit=limit)[project.pk]


def waiting_in(projects: Iterable[Project], *, reviewer: User, limit: int) -> dict[int, int]:
    """The same in many projects, by their ids, in as many statements."""
    owner_of = {project.pk: project.owner_id for project in projects}
    values = {"projects": list(owner_of), "reviewer": reviewer.pk, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(WAITING, values)
        rows = cursor.fetchall()
    asked = {labeler for pk, labeler, _ in rows if owner_of[pk] != reviewer.pk}
    own = doubles.of(reviewer.pk, among=asked) if asked else set[int]()
    counts = dict.fromkeys(owner_of, 0)
    for pk, labeler_id, count in rows:
        if owner_of[pk] == reviewer.pk or labeler_id not in own:
            counts[pk] += count
    return counts


def next(project: Project, *, reviewer: User, after: str = "") -> Submission | None:
    """The neediest answer that no other reviewer looks at just now, or None.

    Whoever asks again gets the same, until it is decided or a few minutes are over.
    """
    for _ in range(CLAIMED_PAGES):
        marks = _marks(project, reviewer=reviewer, after=after, limit=QUEUE_ROWS)
        claimed_id = claims.take(_of_others(project, marks, reviewer), reviewer_id=reviewer.pk)
        if claimed_id is not None:
            return _rows(project, [claimed_id])[0]
        if len(marks) < QUEUE_ROWS:
            return None
        after = _cursor(marks[-1][:2])
    return None


@dataclass(frozen=True)
class Look:
    """One answer with what helps to judge it; `reputation` is its labeler's, from 0 to 1."""

    submission: Submission
    others: list[Submission]
    reputation: float
    cursor: str


def look(submission_id: int, *, reviewer: User) -> Look:
    """The answer, some others to its task, and who gave it; raises NotFound, OwnAnswer."""
    allowed = _reviewable(submission_id, reviewer=reviewer)
    (submission,) = _rows(allowed.project, [allowed.pk])
    others = submission.task.submissions.exclude(pk=submission.pk).select_related("labeler")
    return Look(
        submission=submission,
        others=list(others.order_by("id")[:OTHERS_SHOWN]),
        reputation=submission.reputation,
        cursor=_cursor((submission.need or 0.0, submission.pk)),
    )


def _waiting(project: Project, reviewer: User | None) -> QuerySet[Submission]:
    found = Submission.objects.to_review().filter(project_id=project.pk)
    return found.exclude(labeler=reviewer.pk) if reviewer else found


class _Mark(NamedTuple):
    """The place of an answer in the queue, and whose it is."""

    need: float
    id: int
    labeler_id: int


def _marks(project: Project, *, reviewer: User | None, after: str, limit: int) -> list[_Mark]:
    """The next answers behind this place: one walk along the index."""
    found = _waiting(project, reviewer)
    if after:
        found = found.filter(_behind(after))
    rows = found.annotate(need=NEED).values_list("need", "id", "labeler_id")[:limit]
    return [_Mark(*row) for row in rows]


def _of_others(project: Project, marks: Sequence[_Mark], reviewer: User | None) -> list[int]:
    """The ids of those that are not the reviewer's, under whatever name."""
    labelers = {mark.labeler_id for mark in marks}
    own = _own(project, reviewer, among=labelers) if reviewer else set[int]()
    return [mark.id for mark in marks if mark.labeler_id not in own]


def _own(project: Project, reviewer: User, *, among: Iterable[int]) -> set[int]:
    """Those of these labelers who are the reviewer, under whatever name.

    Owners spend their own money: nothing that a labeler does keeps them from looking at it.
    """
    if project.owner_id == reviewer.pk:
        return {reviewer.pk}.intersection(among)
    return doubles.of(reviewer.pk, among=among)


def _behind(after: str) -> TupleGreaterThan:
    """The place and the index compared as rows: no page is slower than the first."""
    return TupleGreaterThan(Tuple(NEED, F("id")), _place(after))


def _cursor(mark: tuple[float, int]) -> str:
    need, pk = mark
    return f"{need!r}_{pk}"


def _place(after: str) -> tuple[float, int]:
    place = PLACE.fullmatch(after)
    if place is None:
        raise MalformedCursor()
    return float(place[1]), int(place[2])


def _rows(project: Project, submission_ids: Sequence[int]) -> list[Any]:
    """These, in this order, with all that a reviewer is shown."""
    found = Submission.objects.annotate(need=NEED).select_related("task", "labeler", "assignment")
    by_id = found.prefetch_related("signals").in_bulk(submission_ids)
    rows: list[Any] = [by_id[pk] for pk in submission_ids if pk in by_id]
    people = {one.labeler_id for one in rows}
    scores = reputation.scores_of(people, skill_id=project.skill_id)
    for one in rows:
        one.reputation = scores[one.labeler_id]
    return rows


# --- One answer -----------------------------------------------------------------------------


def accept(submission_id: int, *, reviewer: User) -> Submission:
    """The answer, accepted and paid; accepted before is accepted.

    A rejection that is not contested yet is taken back so, by the owner or who rejected. Raises
    NotFound, OwnAnswer, AlreadyJudged for another reviewer's rejection, when a jury decides or a
    rejection is final.
    """
    submission = _reviewable(submission_id, reviewer=reviewer)
    return acceptance.accept(submission.pk, judge=reviewer, by=Judgement.By.REQUESTER)


def reject(submission_id: int, *, reviewer: User, reason: str, note: str) -> Submission:
    """The answer, rejected for one of REASONS and with a note, its money locked.

    Raises NotFound, OwnAnswer, ReasonMissing, UnknownReason, NoteMissing, and what
    `cases.open_cases` does.
    """
    submission = _reviewable(submission_id, reviewer=reviewer)
    reject_all(submission.project, [submission_id], reviewer=reviewer, reason=reason, note=note)
    submission.refresh_from_db()
    return submission


@dataclass(frozen=True)
class Decision:
    """What becomes of an answer; a rejection has a reason and a note."""

    is_accepted: bool = True
    reason: str = ""
    note: str = ""


def fix(
    submission_id: int, *, reviewer: User, result: Any, decision: Decision = Decision()
) -> Submission:
    """The answer, decided upon; the result is its task's consensus from now on, for sure.

    All answers to the task are scored anew. Raises MalformedAnswer, AnswerTooLarge, KnownAnswer for
    gold, TaskNotJudged, and what `accept` or `reject` do; then nothing has changed.
    """
    submission = _reviewable(submission_id, reviewer=reviewer)
    try:
        with atomic():
            if not decision.is_accepted:
                cases.lock_labelers([submission.labeler_id])
            _put_right(submission, result)
            if decision.is_accepted:
                return accept(submission_id, reviewer=reviewer)
            why = {"reason": decision.reason, "note": decision.note}
            return reject(submission_id, reviewer=reviewer, **why)
    except RejectionsFrozen as error:  # the brake itself outlives what is undone here
        standings.freeze(submission.project.owner_id, why=str(error.__cause__ or ""))
        raise


def _put_right(submission: Submission, result: Any) -> None:
    project = Project.objects.locked().get(pk=submission.project_id)
    task = Task.objects.select_for_update(no_key=True).get(pk=submission.task_id)
    if task.expected is not None:
        raise KnownAnswer()
    if task.state != Task.State.JUDGED:
        raise TaskNotJudged()
    config = configs.form_of(project.pk, version=project.config_version).config
    right = config.validate(result, task.data)
    written = config.result(right)
    if len(orjson.dumps(written)) > settings.STIPEND_ANSWER_BYTES:
        raise AnswerTooLarge(limit_bytes=settings.STIPEND_ANSWER_BYTES)
    task.consensus, task.consensus_by, task.confidence = written, "reviewer", 1.0
    task.save(update_fields=["consensus", "consensus_by", "confidence"])
    answers = list(task.submissions.select_for_update(no_key=True, of=("self",)).order_by("id"))
    for answer in answers:
        answer.score = config.score(config.validate(answer.result), right)
    Submission.objects.bulk_update(answers, ["score"])


def _reviewable(submission_id: int, *, reviewer: User) -> Submission:
    found = Submission.objects.select_related("project").filter(pk=submission_id).first()
    if found is None or not reviewers.may_review(found.project, reviewer):
        raise NotFound("There is no such submission in a project that you review.")
    if _own(found.project, reviewer, among=[found.labeler_id]):
        raise OwnAnswer()
    return found


# --- Many answers ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """Which answers: those of `ids`, else those of at least `minimum_score` and without a signal,
    else all that are undecided."""

    ids: Sequence[int] | None = None
    minimum_score: float | None = None

    def of(self, project: Project) -> QuerySet[Submission]:
        """The undecided ones among them."""
        found = Submission.objects.undecided().filter(project_id=project.pk)
        if self.ids is not None:
            return found.filter(pk__in=self.ids)
        if self.minimum_score is not None:
            return found.filter(score__gte=self.minimum_score, is_signalled=False)
        return found


class Why(StrEnum):
    """What keeps a chosen answer from being accepted: there is none of this id in the project, it
    has its verdict, or it is the reviewer's."""

    DECIDED = "already_judged"
    OWN = "own_answer"
    UNKNOWN = "not_found"


@dataclass(frozen=True)
class LeftOut:
    """An id that was chosen, of an answer that this call has not accepted and no other will."""

    id: int
    why: Why


@dataclass(frozen=True)
class Accepted:
    """How many were accepted, whether more of the chosen ones wait for another call, and which of
    the ids that were named do not."""

    count: int
    is_more: bool
    left_out: Sequence[LeftOut] = ()


def count(project: Project, *, reviewer: User, chosen: Chosen) -> int:
    """How many answers `accept_all` would accept, counted up to its limit."""
    found = chosen.of(project).exclude(labeler=reviewer.pk)
    labelers = found.order_by("id").values_list("labeler_id", flat=True)
    given = Counter(labelers[: settings.STIPEND_BULK_ANSWERS])
    return given.total() - sum(given[own] for own in _own(project, reviewer, among=given))


def accept_all(project: Project, *, reviewer: User, chosen: Chosen) -> Accepted:
    """The chosen answers are accepted and paid, at most STIPEND_BULK_ANSWERS of them.

    STIPEND_JUDGE_TASKS in a transaction. What is decided already stays as it is, the reviewer's
    own are left out; where ids were chosen, those are named. Raises NotFound when the project is
    not for them to review.
    """
    reviewers.project_of(project.pk, reviewer=reviewer)
    accepted_ids, last_id, limit = list[int](), 0, settings.STIPEND_BULK_ANSWERS
    found = chosen.of(project).exclude(labeler=reviewer.pk).order_by("id")
    while size := min(settings.STIPEND_JUDGE_TASKS, limit - len(accepted_ids)):
        seen, accepted = _accept_some(project, found.filter(pk__gt=last_id), size, reviewer)
        if not seen:
            break
        accepted_ids += [one.pk for one in accepted]
        last_id = seen[-1].pk
    return Accepted(
        len(accepted_ids),
        is_more=size == 0 and found.filter(pk__gt=last_id).exists(),
        left_out=_left_out(project, set(chosen.ids or ()) - set(accepted_ids), reviewer),
    )


def _left_out(project: Project, ids: set[int], reviewer: User) -> tuple[LeftOut, ...]:
    """Those of these that do not wait for another call, in the order of the ids."""
    found = Submission.objects.filter(pk__in=ids, project_id=project.pk)
    known = {pk: (labeler_id, state) for pk, labeler_id, state in found.values_list(*LEFT)}
    labelers = {labeler_id for labeler_id, _ in known.values()}
    own, left = _own(project, reviewer, among=labelers), []
    for pk in sorted(ids):
        labeler_id, state = known.get(pk, (None, ""))
        if labeler_id is None:
            left.append(LeftOut(pk, Why.UNKNOWN))
        elif labeler_id in own:
            left.append(LeftOut(pk, Why.OWN))
        elif state != Submission.State.SUBMITTED:
            left.append(LeftOut(pk, Why.DECIDED))
    return tuple(left)


@atomic
def _accept_some(
    project: Project, found: QuerySet[Submission], size: int, reviewer: User
) -> tuple[list[Submission], list[Submission]]:
    """The next ones, locked, and those of them that were accepted."""
    locked = list(found.select_for_update(no_key=True, of=("self",))[:size])
    own = _own(project, reviewer, among={one.labeler_id for one in locked})
    accepted = [one for one in locked if one.labeler_id not in own]
    if accepted:
        acceptance.accept_all(project, accepted, by=Judgement.By.REQUESTER, judge=reviewer)
    return locked, accepted


def reject_all(
    project: Project, ids: Sequence[int], *, reviewer: User, reason: str, note: str
) -> list[Case]:
    """One case for each labeler of these answers, whose money stays locked; all or none.

    Raises NotFound, OwnAnswer, ReasonMissing, UnknownReason, NoteMissing, and what
    `cases.open_cases` does.
    """
    _check(reason, note)
    reviewers.project_of(project.pk, reviewer=reviewer)
    wanted_ids = sorted(set(ids))
    labelers = Submission.objects.filter(pk__in=wanted_ids, project_id=project.pk)
    labeler_ids = list(labelers.values_list("labeler_id", flat=True))
    if not labeler_ids or len(labeler_ids) != len(wanted_ids):
        raise NotFound("Not all of these are answers in this project.")
    if _own(project, reviewer, among=labeler_ids):
        raise OwnAnswer()
    return cases.open_cases(project, wanted_ids, reason=reason, note=note.strip(), judge=reviewer)


def _check(reason: str, note: str) -> None:
    if not reason.strip():
        raise ReasonMissing(reasons=REASONS)
    if reason not in REASONS:
        raise UnknownReason(reasons=REASONS)
    if not note.strip():
        raise NoteMissing()
