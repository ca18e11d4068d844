"""How sure the answers of a project make us of the tasks at hand, for adaptive overlap.

A form that asks for one single choice has all its answers looked at together (`adaptive.fit`): the
newest STIPEND_OVERLAP_ANSWERS, and all those to the tasks at hand. Known answers to gold, unless it
was taken out, anchor what is learnt of each labeler.
"""

import json
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache

from django.conf import settings
from django.db.models.fields.json import KT

from labeling.aggregation import adaptive
from labeling.aggregation.votes import Row
from labeling.answers import Config
from labeling.answers.control import Control
from labeling.content import gold
from labeling.judging import labels
from labeling.models import Project, Submission, Task

Chances = Mapping[Hashable, float]  # of each answer that could be given
FITTING = (Project.Aggregation.AUTO, Project.Aggregation.DAWID_SKENE)


def chances(project: Project, config: Config, task_ids: Collection[int]) -> dict[int, Chances]:
    """By task, for those of these that a fit can tell about: none where overlap is fixed, where
    more or other than one single choice is asked, or where the answers are too few."""
    control = _only(config)
    is_fitting = project.confidence is not None and project.aggregation in FITTING
    if control is None or not is_fitting or not task_ids:
        return {}
    answers = _answers(project, task_ids)
    found = adaptive.fit(
        _rows(control, answers),
        labels_count=control.answers_count or 0,
        known=_known(config, control, answers),
    )
    return {} if found is None else found.chances(frozenset(task_ids))  # type: ignore[return-value]


def _only(config: Config) -> Control | None:
    """The only control, if it is a single choice."""
    control, *others = config.controls.values()
    return None if others or not labels.is_single(control) else control


@dataclass(frozen=True)
class _Answer:
    id: int
    task_id: int
    labeler_id: int
    is_gold: bool
    value: str


def _answers(project: Project, task_ids: Collection[int]) -> list[_Answer]:
    """The newest of the project, and all to these tasks."""
    standing = Submission.objects.standing().order_by("-id").annotate(value=KT("result__0__value"))
    newest = standing.filter(project_id=project.pk)[: settings.STIPEND_OVERLAP_ANSWERS]
    at_hand = standing.filter(task__in=task_ids)
    columns = [field.name for field in fields(_Answer)]
    rows = {row[0]: row for found in (newest, at_hand) for row in found.values_list(*columns)}
    return [_Answer(*row) for row in rows.values()]


def _rows(control: Control, answers: Iterable[_Answer]) -> list[Row]:
    """What was said; each spelling is read once, and of a single choice there are few."""
    read = cache(lambda value: control.answer([{"value": json.loads(value)}]))
    return [(one.task_id, one.labeler_id, read(one.value)) for one in answers]


def _known(
    config: Config, control: Control, answers: Iterable[_Answer]
) -> dict[Hashable, Hashable]:
    """The truths of the gold among these."""
    gold_ids = {one.task_id for one in answers if one.is_gold}
    asked = Task.objects.filter(pk__in=gold_ids, state__in=gold.ASKED)
    rows = asked.values_list("id", "expected")
    return {pk: config.validate(expected)[control.name] for pk, expected in rows}
