"""Adaptive overlap: ask until the consensus is sure enough, and no longer."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from labeling.aggregation import models
from labeling.aggregation.votes import Labels, Row, Votes


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When to stop asking: sure enough after at least so many answers."""

    confidence: float = 0.999
    at_least: int = 3


@dataclass(frozen=True)
class Replay:
    """What the rule would have done with answers that are all there."""

    labels: Labels
    answers_used: int


def replay(rows: Sequence[Row], rule: Rule) -> Replay:
    """One more answer a round for each task that is not sure, in the order of the rows."""
    waiting: dict[Hashable, list[Row]] = defaultdict(list)
    for row in reversed(rows):
        waiting[row[0]].append(row)
    used: list[Row] = []
    for _ in range(rule.at_least):
        used += _one_each(waiting, set(waiting))
    labels = fit(used)
    while unsure := {task for task in unsure_tasks(labels, rule) if waiting[task]}:
        used += _one_each(waiting, unsure)
        labels = fit(used)
    return Replay(labels, len(used))


def fit(rows: Sequence[Row]) -> Labels:
    """What the model that these answers can carry makes of them."""
    votes = Votes.of(rows)
    name, _ = models.choose(votes)
    return models.MODELS[name](votes)


def unsure_tasks(labels: Labels, rule: Rule) -> list[Hashable]:
    """Tasks whose consensus is not sure enough."""
    sure = labels.confidence() >= rule.confidence
    return [task for task, is_sure in zip(labels.votes.tasks, sure, strict=True) if not is_sure]


def _one_each(waiting: dict[Hashable, list[Row]], tasks: set[Hashable]) -> list[Row]:
    return [waiting[task].pop() for task in waiting if task in tasks and waiting[task]]
