"""What juries are measured by: answers of others whose verdict is known.

Known is an answer to gold, or one to a task on whose consensus three agree for sure, or one that
an admin looked at, or one that another labeler agrees with and a person accepted, or, where nothing
is known so well, one that a person accepted or on which a jury was of one mind. Where the project
has none of it, what is known by gold or for sure in the requester's other projects of the same
form is. Only what is clearly right or clearly wrong: nobody is measured by a matter of opinion.
Who was finally rejected agrees with nobody, and what a requester put right is their word alone.
"""

import itertools
import random
from collections.abc import Iterator

from django.core.cache import cache
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models import Case as Choice
from django.db.transaction import atomic
from django.utils import timezone

from labeling.errors import AlreadyJudged, KnownAnswer, NotFound
from labeling.judging import weighing
from labeling.media import withdrawn
from labeling.models import (
    Case,
    Judgement,
    Precedent,
    Project,
    ReputationEvent,
    Submission,
    Task,
    Vote,
)
from labeling.review import appeals
from people.models import User

KNOWN_LOOKED_AT = 200  # answers with a known verdict, the newest, of which one is drawn
SIBLINGS_LOOKED_AT = 5  # other projects of the same form, the newest
CASES_LOOKED_AT = 20  # contested ones, the oldest, for those without a known case
LACKING_SECONDS = 60  # for so long it is not looked up again whether a case has one
SURE, SURE_ANSWERS = 0.95, 3  # a consensus so sure, that so many share, makes a verdict known
SURE_KINDS = 2  # of the kinds in _known_right and _known_wrong: gold, and what is sure
AGREED = 2  # standing answers to a task: what is known of them is more than one person's word
NOBODY = 0
Answers = QuerySet[Submission]
ANSWER = Submission.State
Mark = ReputationEvent.Kind
UNWANTED = [ANSWER.SUBMITTED, ANSWER.FORFEITED]  # with a low score, and contested by nobody
CONTESTED = [ANSWER.REJECTED, ANSWER.APPEALED]


# --- For a juror ------------------------------------------------------------------------------


def draw(case: Case, *, juror_id: int, but: list[int]) -> list[Vote]:
    """A known answer of somebody else to vote on, none where there is none: as often a wrong one as
    a right one where both are, so that nobody gets by with one word for all; gold before all else.
    """
    stands = Precedent.objects.filter(submission=OuterRef("pk"), ended_at=None).values("pk")
    for project in _alike(case.project):
        gone = withdrawn.addresses_of(project.pk)
        for known, is_right in _shuffled(_sides(project, case, juror_id=juror_id, but=but)):
            newest = known.annotate(stands=Subquery(stands)).order_by("-id")
            rows = newest.values_list("pk", "stands", "task__data")[:KNOWN_LOOKED_AT]
            if found := [row for row in rows if withdrawn.is_whole(row[2], gone)]:
                pk, said, _ = random.choice(found)
                drawn = Vote(submission_id=pk, precedent_id=said, was_acceptable=is_right)
                drawn.is_gold = True
                return [drawn]
    return []


def _shuffled(sides: tuple[list[Answers], list[Answers]]) -> Iterator[tuple[Answers, bool]]:
    """One side and then the other, by chance the right or the wrong ones first; True of the right
    ones."""
    for is_right in random.sample([True, False], k=2):
        for known in sides[0 if is_right else 1]:
            yield known, is_right


def _alike(project: Project) -> Iterator[Project]:
    """The project, then the requester's others in which the same is asked in the same words, of
    anybody: what is shown to a juror there looks like the rest, and is kept from nobody."""
    yield project
    same = Project.objects.filter(owner=project.owner_id, skill=project.skill_id, kind=project.kind)
    same = same.filter(config=project.config, instructions=project.instructions)
    yield from same.filter(is_restricted=False).exclude(pk=project.pk)[:SIBLINGS_LOOKED_AT]


def _sides(
    project: Project, case: Case, *, juror_id: int, but: list[int]
) -> tuple[list[Answers], list[Answers]]:
    """Right ones and wrong ones, the best known first; elsewhere those alone that are for sure.

    None of which an admin has taken back what they said, however else it is known.
    """
    said = Precedent.objects.filter(submission=OuterRef("pk"))
    others = Submission.objects.filter(project_id=project.pk).exclude(pk__in=but)
    others = others.filter(~Exists(said) | Exists(said.filter(ended_at=None)))
    others = others.exclude(labeler__in=[juror_id, case.labeler_id])
    own = Submission.objects.filter(labeler=juror_id, task=OuterRef("task"))
    unseen, least = others.exclude(Exists(own)), project.accept_score
    right, wrong = _known_right(others, unseen, least), _known_wrong(others, unseen, least)
    best = len(right) if project.pk == case.project_id else SURE_KINDS
    return right[:best], wrong[:best]


def _known_right(others: Answers, unseen: Answers, least: float) -> list[Answers]:
    """The best known first; `least` is the score from which on an answer is acceptable."""
    right = Q(score__gte=(1 + least) / 2)
    looked_at = Judgement.objects.filter(
        submission=OuterRef("pk"), verdict=ANSWER.ACCEPTED, judge__isnull=False
    )
    accepted = unseen.filter(state=ANSWER.ACCEPTED)
    taken = accepted.filter(Exists(looked_at))
    alone = taken.filter(task__overlap=1)
    return [
        _undoubted(others.filter(right, is_gold=True), but=Mark.GOLD_WRONG),
        _sure(accepted.filter(right), least),
        _looked_at(unseen, is_acceptable=True),
        taken.filter(right, Exists(beside("task").filter(right)[AGREED - 1 :])),
        alone | _tried(accepted, is_acceptable=True),
    ]


def _known_wrong(others: Answers, unseen: Answers, least: float) -> list[Answers]:
    wrong = Q(score__lte=least / 2)
    return [
        _undoubted(others.filter(wrong, is_gold=True), but=Mark.GOLD_RIGHT),
        _sure(unseen.filter(wrong, state__in=UNWANTED), least),
        _looked_at(unseen, is_acceptable=False),
        _tried(unseen.filter(state=ANSWER.FORFEITED), is_acceptable=False),
    ]


def _undoubted(gold: Answers, *, but: str) -> Answers:
    """Those that were not marked otherwise when they were scored, and whose mark is not undone."""
    marks = ReputationEvent.objects.filter(submission=OuterRef("pk"))
    return gold.filter(~Exists(marks.filter(kind__in=[but, Mark.GOLD_WITHDRAWN])))


def beside(task: str) -> Answers:
    """The standing answers to the task that this field of the outer query names: sliced, they are
    looked up task by task, whatever else the project has."""
    return Submission.objects.standing().filter(task=OuterRef(task))


def _sure(answers: Answers, least: float) -> Answers:
    """Those to tasks on whose consensus three agree for sure, of their own."""
    judged = answers.filter(task__state=Task.State.JUDGED, task__confidence__gte=SURE)
    third = beside("task").filter(score__gte=least)[SURE_ANSWERS - 1 :]
    return judged.filter(Exists(third)).exclude(task__consensus_by__in=weighing.KEPT)


def _looked_at(answers: Answers, *, is_acceptable: bool) -> Answers:
    """Those that an admin says so of, and that no jury has before it."""
    said = Precedent.objects.filter(
        submission=OuterRef("pk"), ended_at=None, is_acceptable=is_acceptable
    )
    return answers.filter(Exists(said)).exclude(state__in=CONTESTED)


def _tried(answers: Answers, *, is_acceptable: bool) -> Answers:
    """Those, single to their task, on which a whole jury said the same: who missed the known case
    is none of it."""
    careless = missed(Vote.objects.filter(seat=OuterRef("seat")))
    said = Vote.objects.filter(
        ~Exists(careless), submission=OuterRef("pk"), is_gold=False, is_acceptable__isnull=False
    )
    third = said.filter(is_acceptable=is_acceptable)[appeals.FIRST_SEATS - 1 :]
    return answers.filter(
        Exists(third),
        ~Exists(said.filter(is_acceptable=not is_acceptable)),
        task__overlap=1,
        case__jury_state__gt="",
    )


def missed(votes: QuerySet[Vote]) -> QuerySet[Vote]:
    """Those of these votes in which a juror said of a known answer otherwise than what is known,
    none of which what was known is taken back.

    What an admin said of it when it was drawn counts first. The only answer to its task agrees with
    itself: what a person, or a jury, has decided about that one counts. Else it is what was known
    when it was drawn; gold that turned out doubtful measures nobody.
    """
    doubts = ReputationEvent.objects.filter(
        submission=OuterRef("submission"), kind=Mark.GOLD_WITHDRAWN
    )
    is_taken = Q(submission__state=ANSWER.ACCEPTED)
    is_single = Q(submission__is_gold=False, submission__task__overlap=1)
    known = Choice(
        When(precedent__isnull=False, then=F("precedent__is_acceptable")),
        When(is_single, then=ExpressionWrapper(is_taken, output_field=BooleanField())),
        default=F("was_acceptable"),
    )
    standing = votes.filter(~Exists(doubts), is_gold=True, precedent__ended_at=None)
    return standing.annotate(known=known).exclude(is_acceptable=F("known"))


# --- Set by an admin ------------------------------------------------------------------------------


@atomic
def put(submission_id: int, *, is_acceptable: bool, admin: User) -> Precedent:
    """The answer is known to juries from now on; said before like this is said.

    Raises NotFound, and AlreadyJudged for what a labeler may contest, or does: its jury is
    told nothing beforehand; KnownAnswer for gold, which was bound before the work.
    """
    found = Submission.objects.select_for_update(no_key=True).filter(pk=submission_id).first()
    if found is None:
        raise NotFound("There is no such submission.")
    if found.state in CONTESTED:
        raise AlreadyJudged()
    if found.is_gold:
        raise KnownAnswer()
    before = found.precedents.filter(ended_at=None).first()
    if before is not None and before.is_acceptable == is_acceptable:
        return before
    _end(found)
    return found.precedents.create(is_acceptable=is_acceptable, set_by=admin)


@atomic
def end(submission_id: int) -> None:
    """The answer is shown to no more jurors, and measures none who were; ended is ended."""
    _end(Submission.objects.select_for_update(no_key=True).get(pk=submission_id))


def _end(submission: Submission) -> None:
    submission.precedents.filter(ended_at=None).update(ended_at=timezone.now())


def lacking() -> list[Case]:
    """Contested cases, of the oldest, whose jurors are measured by nothing yet.

    As of LACKING_SECONDS ago at most, and of now for what admins say: a look on the way is cheap.
    """
    contested = Case.objects.filter(state=Case.State.APPEALED).select_related("project")
    said = Precedent.objects.aggregate(newest=Max("pk"), ended_at=Max("ended_at"))
    stamp = f"{said['newest']}:{said['ended_at'] and said['ended_at'].timestamp()}"
    cases = {
        f"case-has-known:{case.pk}:{stamp}": case
        for case in contested.order_by("appealed_at")[:CASES_LOOKED_AT]
    }
    held = cache.get_many(list(cases))
    fresh = {key: _has(case) for key, case in cases.items() if key not in held}
    cache.set_many(fresh, timeout=LACKING_SECONDS)
    return [case for key, case in cases.items() if not (held | fresh)[key]]


def _has(case: Case) -> bool:
    """One statement for each project that is looked at."""
    for project in _alike(case.project):
        first, *rest = itertools.chain(*_sides(project, case, juror_id=NOBODY, but=[]))
        if first.union(*rest, all=True).exists():
            return True
    return False
