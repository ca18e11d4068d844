"""Quality control: gold is scored, the consensus of each answered task written, answers accepted.

Promises: a score never rejects. With review "auto" every answer is accepted, with "consensus"
those that agree with it, both without a signal (the rest wait for the requester), with "manual" the
requester decides; a test is "auto", a free one takes all; silence accepts. May run twice, and twice
at once. Lock order: task, submission, reputation, account, membership: that last, because whoever
takes a task needs their own. Where more answers are asked for the project is locked, shared, behind
the submissions; it is never waited for.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from labeling import attempts
from labeling.answers import Config
from labeling.content import configs, gold
from labeling.crowd import reputation, skills
from labeling.crowd.reputation import Event
from labeling.judging import acceptance, scores, signals, weighing
from labeling.judging.consensus import Consensus
from labeling.models import Judgement, Project, ReputationEvent, Submission, Task
from labeling.orders import projects

CONSENSUS_WEIGHT = 0.5  # of an answer's agreement with others, beside 1 of one to gold
Kind = ReputationEvent.Kind


def judge() -> int:
    """How many tasks and answers to gold were judged: all that wait, and the silent accepted.

    One project after another (`attempts`), one transaction for each STIPEND_JUDGE_TASKS; what
    another process judges is skipped. What comes in meanwhile waits for the next time: a few at a
    time cost far more than many at once. So does what is left of a project after
    STIPEND_JUDGE_SECONDS: what takes long is judged bit by bit, and keeps nobody else waiting.
    """
    return attempts.each("judge", _waiting(), _judge_project)


def _waiting() -> set[int]:
    """The projects in which there is something to do."""
    lists = [
        _unscored(),
        Task.objects.answered(),
        _silent(),
        Task.objects.filter(state=Task.State.JUDGED, spare_count__gt=0),
    ]
    found = [one.order_by().values_list("project_id", flat=True).distinct() for one in lists]
    return set(chain.from_iterable([*found, gold.missed_in()]))


def _judge_project(project_id: int) -> int:
    until = monotonic() + settings.STIPEND_JUDGE_SECONDS
    while _accept_silent(project_id) and monotonic() < until:
        pass
    judged_count = _all(partial(_score_gold, project_id, until))
    judged_count += _all(partial(_judge_tasks, project_id, until))
    while projects.refund_spare(project_id) and monotonic() < until:
        pass
    return judged_count


def _all(judge_some: Callable[[], int]) -> int:
    """How many were judged, to the first batch that is not full."""
    judged_count = 0
    while count := judge_some():
        judged_count += count
        if count < settings.STIPEND_JUDGE_TASKS:
            break
    return judged_count


# --- Gold ---------------------------------------------------------------------------------


def _unscored() -> QuerySet[Submission]:
    return Submission.objects.filter(is_gold=True, score=None)


def _score_gold(project_id: int, until: float) -> int:
    """Answers to tasks with a known answer are scored; doubtful gold is taken out."""
    count = _score_some_gold(project_id, until)
    gold.doubt(project_id)
    return count


@atomic
def _score_some_gold(project_id: int, until: float) -> int:
    """How many answers were scored."""
    waiting = _unscored().filter(project_id=project_id).order_by("id").select_related("task")
    free = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    found = list(free[: settings.STIPEND_JUDGE_TASKS])
    if not found:
        return 0
    project = Project.objects.get(pk=project_id)
    found = _score(project, found, until)
    scores.write(found)
    signals.look(project, found)
    undecided = [one for one in found if one.state == Submission.State.SUBMITTED]
    marks = [_Mark(one, right=float(_is_right(project, one)), is_gold=True) for one in found]
    reputation.record([mark.event(project) for mark in marks])
    acceptance.accept_all(project, _acceptable(project, undecided))
    gold.note(mark.submission for mark in marks if not mark.right or _is_out(mark.submission))
    _learn(project, marks)
    skills.settle(project, {one.labeler_id for one in found})
    return len(found)


def _score(project: Project, found: list[Submission], until: float) -> list[Submission]:
    """Those that were scored by then, one at least."""
    config = configs.form_of(project.pk, version=project.config_version).config
    for number, one in enumerate(found):
        if number and monotonic() > until:
            return found[:number]
        expected = config.validate(one.task.expected)
        one.score = config.score(config.validate(one.result), expected)
    return found


def _is_out(submission: Submission) -> bool:
    """True of gold that was taken out before this answer to it was scored."""
    return submission.task.state not in gold.ASKED


def _is_right(project: Project, submission: Submission) -> bool:
    return (submission.score or 0) >= project.accept_score


# --- Consensus ----------------------------------------------------------------------------


@atomic
def _judge_tasks(project_id: int, until: float) -> int:
    """How many were judged: their order and their submissions' order is that of the ids. What was
    finally rejected meanwhile says nothing of them."""
    answered = Task.objects.answered().filter(project=project_id).order_by("id")
    free = answered.select_for_update(skip_locked=True, no_key=True)
    tasks = list(free[: settings.STIPEND_JUDGE_TASKS])
    if not tasks:
        return 0
    project = Project.objects.get(pk=project_id)
    answers_of: dict[int, list[Submission]] = defaultdict(list)
    found = Submission.objects.standing().filter(task__in=tasks).order_by("id")
    for submission in found.select_for_update(no_key=True, of=("self",)):
        answers_of[submission.task_id].append(submission)
    config = configs.form_of(project.pk, version=project.config_version).config
    asked = {task.pk: answers_of[task.pk] for task in tasks if task.expected is None}
    weighed = weighing.of(project, config, asked, until=until)
    tasks = [task for task in tasks if task.pk in weighed or not asked.get(task.pk)]
    closed, marks = _put_all(project, config, tasks, answers_of, weighed)
    tasks = _in_line(project, tasks)
    _write(tasks)
    _settle(project, [one for task in closed for one in answers_of[task.pk]], marks)
    return len(tasks)


def _settle(project: Project, judged: list[Submission], marks: list["_Mark"]) -> None:
    """What the scores of these answers entail: signals, reputation, acceptance, estimates."""
    scores.write(one for one in judged if not one.is_gold)
    signals.look(project, judged)
    undecided = [one for one in judged if one.state == Submission.State.SUBMITTED]
    reputation.record([mark.event(project) for mark in marks])
    acceptance.accept_all(project, _acceptable(project, undecided))
    _learn(project, marks)


def _put_all(
    project: Project,
    config: Config,
    tasks: list[Task],
    answers_of: Mapping[int, list[Submission]],
    weighed: Mapping[int, weighing.Weighed],
) -> tuple[list[Task], list["_Mark"]]:
    """Each task carries its consensus; those that need no more answers, and what to learn."""
    closed: list[Task] = []
    marks: list[_Mark] = []
    for task in tasks:
        if task.expected is not None:
            _known(task)
            closed.append(task)
            continue
        weighing.put(task, config, weighed.get(task.pk))
        if _asks_for_more(project, task):
            continue
        task.state = Task.State.JUDGED
        closed.append(task)
        if task.pk in weighed:
            marks += _marks(weighed[task.pk][0], answers_of[task.pk])
    return closed, marks


def _marks(found: Consensus, answers: list[Submission]) -> Iterator["_Mark"]:
    """What to learn of these answers, each with its score."""
    for one, score, chance in zip(answers, found.scores, found.chances, strict=True):
        one.score = score
        if len(answers) > 1 and chance is not None:
            yield _Mark(one, right=chance, is_gold=False)


def _known(task: Task) -> None:
    """The consensus on gold is the known answer."""
    task.consensus, task.confidence, task.consensus_by = task.expected, 1.0, "gold"
    task.state = Task.State.JUDGED


def _asks_for_more(project: Project, task: Task) -> bool:
    """True, with one more slot free, if the consensus is not sure enough and money is held."""
    target = project.confidence
    if target is None or task.spare_count == 0 or (task.confidence or 0) >= target:
        return False
    task.state = Task.State.OPEN
    task.free_count, task.spare_count = task.free_count + 1, task.spare_count - 1
    return True


LOCK_FREE_PROJECT = "SELECT FROM labeling_project WHERE id = %s FOR SHARE SKIP LOCKED"


def _in_line(project: Project, tasks: list[Task]) -> list[Task]:
    """These, but for those that ask for one more while somebody changes the project: they wait.

    What is being opened has its ranks already, and nobody sees it yet: who answered a task that
    lies behind it would not look there any more.
    """
    if not any(task.state == Task.State.OPEN for task in tasks):
        return tasks
    with connection.cursor() as cursor:
        cursor.execute(LOCK_FREE_PROJECT, [project.pk])
        if cursor.rowcount:
            return tasks
    return [task for task in tasks if task.state != Task.State.OPEN]


# One statement with arrays: a CASE for every row and column costs more than all the judging.
# Those who have not seen an open task look behind their cursor: it goes to the end of its lane.
WRITE_TASKS = """
    UPDATE labeling_task AS task
    SET state = judged.state, consensus = judged.consensus, agreement = judged.agreement,
        confidence = judged.confidence, consensus_by = judged.consensus_by,
        free_count = judged.free_count, spare_count = judged.spare_count,
        judged_at = CASE judged.state WHEN 'JUDGED' THEN now() END,
        rank = CASE judged.state WHEN 'OPEN' THEN nextval('labeling_task_id_seq')
            ELSE task.rank END
    FROM unnest(%s::bigint[], %s::text[], %s::jsonb[], %s::float[], %s::float[], %s::text[],
        %s::smallint[], %s::smallint[]) AS judged (id, state, consensus, agreement, confidence,
        consensus_by, free_count, spare_count)
    WHERE task.id = judged.id
"""


def _write(tasks: list[Task]) -> None:
    columns: list[list[Any]] = [
        [task.pk for task in tasks],
        [str(task.state) for task in tasks],
        [None if task.consensus is None else json.dumps(task.consensus) for task in tasks],
        [task.agreement for task in tasks],
        [task.confidence for task in tasks],
        [task.consensus_by for task in tasks],
        [task.free_count for task in tasks],
        [task.spare_count for task in tasks],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_TASKS, columns)


# --- What is learnt about labelers -----------------------------------------------------------


@dataclass(frozen=True)
class _Mark:
    """`right` is the chance that the answer is right: 1 or 0 when the answer was known."""

    submission: Submission
    right: float
    is_gold: bool

    def event(self, project: Project) -> Event:
        """Why the labeler's reputation moves."""
        weight = 1.0 if self.is_gold else CONSENSUS_WEIGHT
        is_good = self.right >= 0.5
        if self.is_gold:
            kind = Kind.GOLD_RIGHT if is_good else Kind.GOLD_WRONG
        else:
            kind = Kind.AGREED if is_good else Kind.DISAGREED
        return Event(
            labeler_id=self.submission.labeler_id,
            skill_id=project.skill_id,
            is_overall=project.is_work,
            kind=kind,
            right=weight * self.right,
            wrong=weight * (1 - self.right),
            submission_id=self.submission.pk,
        )


# Old evidence fades: a hundred answers later it counts for a third. What is too small to see is
# gone: PostgreSQL refuses to multiply on until it underflows.
LEARN = """
    WITH learnt AS (
        SELECT labeler_id, sum("right") AS "right", sum(wrong) AS wrong,
            count(*) FILTER (WHERE is_gold) AS gold_count,
            count(*) FILTER (WHERE is_gold AND "right" > wrong) AS gold_right_count
        FROM unnest(%(labelers)s::bigint[], %(right)s::float[], %(wrong)s::float[],
            %(gold)s::bool[]) AS mark (labeler_id, "right", wrong, is_gold)
        GROUP BY labeler_id
    ), seats AS (
        SELECT id, labeler_id FROM labeling_membership
        WHERE project_id = %(project)s AND labeler_id = ANY(%(labelers)s)
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE labeling_membership AS seat
    SET "right" = learnt."right" + CASE WHEN seat."right" < 1e-9 THEN 0
            ELSE seat."right" * 0.99 ^ LEAST(learnt."right" + learnt.wrong, 9999) END,
        wrong = learnt.wrong + CASE WHEN seat.wrong < 1e-9 THEN 0
            ELSE seat.wrong * 0.99 ^ LEAST(learnt."right" + learnt.wrong, 9999) END,
        gold_count = seat.gold_count + learnt.gold_count,
        gold_right_count = seat.gold_right_count + learnt.gold_right_count,
        barred_at = CASE
            WHEN seat.gold_count + learnt.gold_count >= %(first)s
                AND (seat.gold_right_count + learnt.gold_right_count) * 100
                    < (seat.gold_count + learnt.gold_count) * %(floor)s
            THEN COALESCE(seat.barred_at, now()) ELSE seat.barred_at END
    FROM seats, learnt
    WHERE seat.id = seats.id AND learnt.labeler_id = seats.labeler_id
"""


def _learn(project: Project, marks: list[_Mark]) -> None:
    """The running estimates move; who misses too much gold is barred here.

    To be called last: those whose rows are locked here cannot take a task until the commit, so
    what would be checked at the commit is checked before.
    """
    if not marks:
        return
    events = [mark.event(project) for mark in marks]
    values: dict[str, Any] = {
        "project": project.pk,
        "labelers": [event.labeler_id for event in events],
        "right": [event.right for event in events],
        "wrong": [event.wrong for event in events],
        "gold": [mark.is_gold for mark in marks],
        "first": settings.STIPEND_GOLD_FIRST,
        "floor": project.gold_floor,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(LEARN, values)


# --- Acceptance -----------------------------------------------------------------------------


def _acceptable(project: Project, undecided: list[Submission]) -> list[Submission]:
    """Those that nobody needs to look at; of a free test all, for nothing is owed for them."""
    is_test = project.kind == Project.Kind.TEST
    if is_test and not project.price_units:
        return undecided
    if project.review == Project.Review.MANUAL and not is_test:
        return []
    odd = signals.of([one.pk for one in undecided])
    plain = [one for one in undecided if one.pk not in odd]
    if is_test or project.review == Project.Review.AUTO:
        return plain
    return [one for one in plain if _is_right(project, one)]


def _silent() -> QuerySet[Submission]:
    return Submission.objects.undecided().filter(decide_until__lt=timezone.now())


@atomic
def _accept_silent(project_id: int) -> int:
    """Answers left undecided for too long are accepted, also on a task that lacks others yet."""
    silent = _silent().filter(project_id=project_id).order_by("id")
    free = silent.select_for_update(skip_locked=True, no_key=True, of=("self",))
    found = list(free[: settings.STIPEND_JUDGE_TASKS])
    if found:
        project = Project.objects.get(pk=project_id)
        acceptance.accept_all(project, found, by=Judgement.By.SILENCE)
    return len(found)
