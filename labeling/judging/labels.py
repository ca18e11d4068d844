"""Labels fitted anew to all answers of a project whose form asks for single choices alone: each
question has a model of its own.

Gold and what a reviewer fixed stay as they are. A mere majority that nobody asked for writes no
label: what a consensus says of that question stays.
"""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.transaction import atomic

from labeling.aggregation import models
from labeling.aggregation.votes import Labels, Row, Votes
from labeling.answers import Config
from labeling.answers.control import Control
from labeling.judging import scores
from labeling.models import Project, Submission, Task

SEVERAL = "several"  # what made a consensus whose questions have different models
TASKS_A_CHUNK = 1_000  # read, and locked, at once

Aggregation = Project.Aggregation
Answers = dict[str, Any]
Answered = tuple[int, int, str, Answers]  # id, task, pseudonym and answers by control


def is_single(control: Control) -> bool:
    """True if the answer is one of a few, none closer to another than the next."""
    return control.scale == "nominal"


def rows(control: Control, answers: Sequence[Answered]) -> list[Row]:
    """The answers to this control."""
    return [
        (task_id, pseudonym, given[control.name])
        for _, task_id, pseudonym, given in answers
        if control.name in given
    ]


def model(project: Project, votes: Votes) -> tuple[str, str]:
    """The model of the labels, and why: the requester's choice, or what the answers can carry."""
    if project.aggregation == Aggregation.AUTO:
        return models.choose(votes)
    return project.aggregation, "The requester chose it."


def fitted(project: Project, config: Config, answers: Sequence[Answered]) -> dict[str, Labels]:
    """By control; none where the form asks for anything but single choices, or nothing can be
    learnt from any of them. `answers` are all those to their tasks."""
    controls = config.controls.values()
    if not all(is_single(control) for control in controls):
        return {}
    found = {control.name: _fitted(project, control, answers) for control in controls}
    return found if any(_is_written(project, labels) for labels in found.values()) else {}


def _fitted(project: Project, control: Control, answers: Sequence[Answered]) -> Labels:
    votes = Votes.of(rows(control, answers))
    name, _ = model(project, votes)
    if name == Aggregation.MAJORITY:
        return models.alike(votes, labels_count=control.answers_count or len(votes.labels))
    return models.MODELS[name](votes)


def _is_written(project: Project, labels: Labels) -> bool:
    """False for a mere majority that nobody asked for: the consensus that stands weighs each answer
    by its labeler."""
    is_asked_for = project.aggregation == Aggregation.MAJORITY
    return bool(labels.votes.tasks) and (is_asked_for or labels.model != "majority")


# --- Writing ----------------------------------------------------------------------------------

WRITE = """
    WITH judged AS MATERIALIZED (
        SELECT id, consensus FROM labeling_task
        WHERE id = ANY(%(tasks)s::bigint[]) AND state = 'JUDGED'
            AND consensus_by NOT IN ('gold', 'reviewer')
            AND NOT (consensus_by = 'majority' AND %(model)s = 'majority')  -- ties stay
        ORDER BY id FOR NO KEY UPDATE
    ), written AS (
        UPDATE labeling_task AS task
        SET consensus = fitted.consensus, confidence = fitted.confidence, consensus_by = %(model)s
        FROM unnest(%(tasks)s::bigint[], %(consensus)s::jsonb[], %(confidence)s::float[])
            AS fitted (id, consensus, confidence) JOIN judged ON judged.id = fitted.id
        WHERE task.id = judged.id
        RETURNING task.id, task.consensus IS DISTINCT FROM judged.consensus AS is_another
    )
    SELECT id FROM written WHERE is_another
"""


def write(
    project: Project, config: Config, labels: dict[str, Labels], answers: Sequence[Answered]
) -> None:
    """The labels stand, as sure as the least sure question, and where one is another, answers are
    scored anew by it. `answers` are those that they were fitted to: a task of which others stand by
    now, for one was finally rejected meanwhile, waits for the next look.

    A transaction for each TASKS_A_CHUNK: who decides meanwhile waits for no more than these.
    """
    written = {name for name, one in labels.items() if _is_written(project, one)}
    if not written:
        return
    made_by = {labels[name].model for name in written}
    model = made_by.pop() if len(made_by) == 1 else SEVERAL
    answers_of: dict[int, list[Answered]] = defaultdict(list)
    for one in answers:
        answers_of[one[1]].append(one)
    found = list(_merged(config, labels, written, answers_of))
    for start in range(0, len(found), TASKS_A_CHUNK):
        _write(config, found[start : start + TASKS_A_CHUNK], answers_of, model=model)


@atomic
def _write(
    config: Config,
    some: Sequence["_Label"],
    answers_of: Mapping[int, Sequence[Answered]],
    *,
    model: str,
) -> None:
    standing = _standing([one.task_id for one in some])
    found = [
        one for one in some if {pk for pk, *_ in answers_of[one.task_id]} == standing[one.task_id]
    ]
    spelled: dict[Hashable, str] = {}
    values: dict[str, Any] = {
        "model": model,
        "tasks": [one.task_id for one in found],
        "consensus": [_json(config, one.answers, spelled) for one in found],
        "confidence": [one.confidence for one in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        changed = {task_id for (task_id,) in cursor.fetchall()}
    scores.renew(config, {one.task_id: one.answers for one in found if one.task_id in changed})


def _standing(task_ids: Sequence[int]) -> dict[int, set[int]]:
    """By task the answers that are not finally rejected by now."""
    found: dict[int, set[int]] = defaultdict(set)
    standing = Submission.objects.standing().filter(task__in=task_ids, is_gold=False)
    for task_id, pk in standing.order_by().values_list("task", "pk"):
        found[task_id].add(pk)
    return found


@dataclass(frozen=True)
class _Label:
    task_id: int
    answers: Answers
    confidence: float


def _merged(
    config: Config,
    labels: dict[str, Labels],
    written: set[str],
    answers_of: Mapping[int, Sequence[Answered]],
) -> Iterator[_Label]:
    """The label of each task; none where that by its consensus stays."""
    best = {name: one.best() for name, one in labels.items()}
    chances = {name: one.chances() for name, one in labels.items()}
    task_ids: list[Any] = sorted({pk for name in written for pk in best[name]})  # type: ignore[type-var]
    for task_id, stored in _stored(config, task_ids):
        fitted = {name: of_task[task_id] for name, of_task in best.items() if task_id in of_task}
        kept = {name: one for name, one in (stored or {}).items() if name not in written}
        given = [one for *_, one in answers_of[task_id]]
        answers = _label(config, fitted | kept, stored, given)
        if answers:
            sure = (chances[name].get(task_id, {}).get(one, 0.0) for name, one in answers.items())
            yield _Label(task_id, answers, min(sure))


def _label(
    config: Config, known: Answers, stored: Answers | None, given: Sequence[Answers]
) -> Answers | None:
    """Of each question that those before it ask what is known: what was fitted, what its consensus
    says, or, where that asks it not, what most say. None where nobody said what is required."""
    answers: Answers = {}
    for name in config.order:
        if not config.asks(name, answers):
            continue
        is_required = config.controls[name].required
        if name in known and (is_required or not _is_left_out(config, name, stored, given)):
            answers[name] = known[name]
        elif is_required:
            return None
    return answers


def _is_left_out(
    config: Config, name: str, stored: Answers | None, given: Sequence[Answers]
) -> bool:
    """True if the consensus asks this and says nothing of it, or does not ask it, and fewer than
    half answered of those who were asked."""
    if stored is not None and config.asks(name, stored):
        return name not in stored
    asked = [one for one in given if config.asks(name, one)]
    return sum(name in one for one in asked) * 2 < len(asked)


def _stored(config: Config, task_ids: Sequence[Any]) -> Iterator[tuple[int, Answers | None]]:
    """What the consensus of these tasks says by now, None where there is none; and of a single
    question, which is never left out."""
    if len(config.controls) == 1:
        yield from ((task_id, None) for task_id in task_ids)
        return
    for start in range(0, len(task_ids), TASKS_A_CHUNK):
        found = Task.objects.filter(pk__in=task_ids[start : start + TASKS_A_CHUNK])
        for task_id, consensus in found.order_by("id").values_list("id", "consensus"):
            yield task_id, None if consensus is None else _said(config, consensus)


def _said(config: Config, consensus: Sequence[Any]) -> Answers:
    regions = {region["from_name"]: region for region in consensus}
    controls = [one for one in config.controls.values() if one.name in regions]
    return {one.name: one.answer([regions[one.name]]) for one in controls}


def _json(config: Config, answers: Answers, spelled: dict[Hashable, str]) -> str:
    """As it is stored; spelled once for all tasks that say the same."""
    key = tuple(answers.items())
    if key not in spelled:
        spelled[key] = json.dumps(config.result(answers))
    return spelled[key]
