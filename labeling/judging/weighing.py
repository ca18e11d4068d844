"""The consensus of tasks by their standing answers, each weighed by what is known of its labeler.

A judged task is weighed again when one of its answers is finally rejected, or accepted after that:
what nobody stands by makes no label.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from labeling.aggregation.online import Estimate
from labeling.answers import Config
from labeling.judging import consensus, overlaps, scores
from labeling.judging.consensus import Consensus
from labeling.models import Case, Judgement, Project, Submission, Task

FORFEITED = Judgement.Verdict.FORFEITED
CASES_A_BATCH = 1_000  # noted at once
TASKS_A_CHUNK = 1_000  # locked at once
KEPT = ("gold", "reviewer")  # what made a consensus that no other answer changes


Weighed = tuple[Consensus, str]  # and what made it


def of(
    project: Project,
    config: Config,
    answers_of: Mapping[int, Sequence[Submission]],
    *,
    until: float = inf,
) -> dict[int, Weighed]:
    """By task its consensus and what made it; none of a task without answers, nor of those, but for
    the first, that were not begun with by `until` (`time.monotonic`)."""
    asked = {task_id: answers for task_id, answers in answers_of.items() if answers}
    people = {one.labeler_id for answers in asked.values() for one in answers}
    accuracy_of = _accuracies(project, people)
    chances = overlaps.chances(project, config, asked)
    found: dict[int, Weighed] = {}
    for task_id, answers in asked.items():
        if found and monotonic() > until:
            break
        given = [config.validate(one.result) for one in answers]
        accuracies = [accuracy_of[one.labeler_id] for one in answers]
        fitted = chances.get(task_id)
        by = "dawid_skene" if fitted else _model(project)
        found[task_id] = (consensus.of(config, given, accuracies, fitted), by)
    return found


def _model(project: Project) -> str:
    """What makes the consensus of one task: a number for each labeler, or none."""
    return "majority" if project.aggregation == Project.Aggregation.MAJORITY else "one_coin"


def _accuracies(project: Project, labeler_ids: set[int]) -> dict[int, float]:
    if _model(project) == "majority":
        return dict.fromkeys(labeler_ids, Estimate().accuracy)
    seats = project.memberships.filter(labeler_id__in=labeler_ids)
    found = {
        labeler_id: Estimate(right, wrong).accuracy
        for labeler_id, right, wrong in seats.values_list("labeler_id", "right", "wrong")
    }
    return {labeler_id: found.get(labeler_id, Estimate().accuracy) for labeler_id in labeler_ids}


def put(task: Task, config: Config, weighed: Weighed | None) -> None:
    """The task carries this consensus, unsaved; none where all answers were finally rejected."""
    if weighed is None:
        task.consensus, task.agreement, task.confidence, task.consensus_by = None, None, None, ""
        return
    found, task.consensus_by = weighed
    task.consensus, task.agreement = config.result(found.answers), found.agreement
    task.confidence = found.confidence


# --- Again ------------------------------------------------------------------------------------

WRITE = """
    UPDATE labeling_task AS task
    SET consensus = weighed.consensus, agreement = weighed.agreement,
        confidence = weighed.confidence, consensus_by = weighed.consensus_by
    FROM unnest(%s::bigint[], %s::jsonb[], %s::float[], %s::float[], %s::text[])
        AS weighed (id, consensus, agreement, confidence, consensus_by)
    WHERE task.id = weighed.id
"""

NOTE = """
    UPDATE labeling_case AS decided SET is_weighed = true
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS weighed (id, decided_at)
    WHERE decided.id = weighed.id AND decided.decided_at = weighed.decided_at
"""


def waiting() -> QuerySet[Case]:
    """The decided cases that no task was weighed by yet, the oldest decision first."""
    return Case.objects.filter(decided_at__isnull=False, is_weighed=False).order_by("decided_at")


def again(project: Project, config: Config) -> int:
    """How many judged tasks were weighed again: those with answers that were finally rejected, or
    accepted after that, in cases that wait for it. What gold or a reviewer said stays.

    A transaction for each TASKS_A_CHUNK: who decides meanwhile waits for no more than these. A case
    is noted behind its tasks, and locked with none of them: a verdict locks it first. Who dies
    before weighs some twice, which is once.
    """
    count = 0
    while decided := _decided(project):
        task_ids = _tasks(list(decided))
        for start in range(0, len(task_ids), TASKS_A_CHUNK):
            count += _again(project, config, task_ids[start : start + TASKS_A_CHUNK])
        _note(decided)
    return count


def _decided(project: Project) -> dict[UUID, datetime]:
    """When the next of the waiting cases were decided."""
    found = waiting().filter(project=project).values_list("pk", "decided_at")
    return dict(found[:CASES_A_BATCH])


def _tasks(case_ids: Sequence[UUID]) -> list[int]:
    """Those of which an answer was finally rejected in these cases, whatever became of it."""
    final = Submission.objects.filter(case__in=case_ids, judgements__verdict=FORFEITED)
    return sorted(set(final.values_list("task", flat=True)))


def _note(decided: dict[UUID, datetime]) -> None:
    """These cases wait no more; what was decided anew meanwhile does."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [list(decided), list(decided.values())])


@atomic
def _again(project: Project, config: Config, task_ids: Sequence[int]) -> int:
    """How many of these tasks were weighed again."""
    judged = Task.objects.filter(pk__in=task_ids, state=Task.State.JUDGED)
    open_to_doubt = judged.filter(expected__isnull=True).exclude(consensus_by__in=KEPT)
    tasks = list(open_to_doubt.order_by("id").select_for_update(no_key=True))
    answers_of: dict[int, list[Submission]] = defaultdict(list)
    for one in Submission.objects.standing().filter(task__in=tasks).order_by("id"):
        answers_of[one.task_id].append(one)
    weighed = of(project, config, answers_of)
    for task in tasks:
        put(task, config, weighed.get(task.pk))
    _write(tasks)
    scores.renew(config, {task_id: found.answers for task_id, (found, _) in weighed.items()})
    return len(tasks)


def _write(tasks: Sequence[Task]) -> None:
    columns: list[list[Any]] = [
        [task.pk for task in tasks],
        [None if task.consensus is None else json.dumps(task.consensus) for task in tasks],
        [task.agreement for task in tasks],
        [task.confidence for task in tasks],
        [task.consensus_by for task in tasks],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, columns)
