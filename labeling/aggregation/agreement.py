"""Krippendorff's alpha: how much better than chance people agree, whatever they are asked.

K. Krippendorff: Computing Krippendorff's Alpha-Reliability (2011), https://repository.upenn.edu/
asc_papers/43. Alpha is 1 − observed / expected disagreement: 1 for perfect agreement, 0 for what
chance would give, below 0 for worse. Any number of people, answers may be missing; a task counts
when two have answered it. The sums that the paper takes over a coincidence matrix are taken over
the answers here, in one pass and without a loop over pairs.

For spans, boxes and texts the disagreement of two answers is 1 − their agreement, as in Braylan,
Alonso and Lease: Measuring Annotator Agreement Generally across Complex Structured, Multi-object,
and Free-text Annotation Tasks (WWW 2022).
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from labeling.aggregation.votes import Floats, Ints, Votes

PAIRS_LIMIT = 10_000  # of answers compared, those to the same task and again those of all
SEED = 0  # of what is drawn when there are more

Distance = Callable[[Any, Any], float]


@dataclass(frozen=True)
class Agreement:
    """Alpha of all, and of each worker to the rest.

    A worker's alpha is 1 − the mean disagreement of their answers with the others' to the same
    task / the expected disagreement of all. So the mean of the workers' alphas, weighed by their
    answers, is the alpha of all. None, and no workers, when nothing can be said: no task has two
    answers, or all answers are the same (nobody knows whether they were looked at).
    """

    alpha: float | None
    by_worker: dict[Hashable, float]
    tasks_count: int | None = None  # of those compared, where not all could be


def nominal(votes: Votes) -> Agreement:
    """For labels that are the same or not."""
    votes = votes.shared()
    cells = votes.task * len(votes.labels) + votes.label
    _, cell, same = np.unique(cells, return_inverse=True, return_counts=True)
    answers = _answers(votes)
    differing = (answers - same[cell]) / (answers - 1)
    count = len(votes.task)
    unlike = count**2 - (np.bincount(votes.label).astype(np.float64) ** 2).sum()
    return _compared(votes, differing, float(unlike) / max(count * (count - 1), 1))


def interval(votes: Votes) -> Agreement:
    """For labels that are numbers; their disagreement is the square of their difference."""
    numbers = np.array(votes.labels, dtype=np.float64)
    return _by_number(votes.shared(), numbers)


def ordinal(votes: Votes, scale: Sequence[Hashable] | None = None) -> Agreement:
    """For labels in an order, by default their own; what lies between two is their difference.

    The paper's ordinal difference of two labels is the difference of their mean ranks among all
    answers, so this is `interval` of the ranks.
    """
    votes = votes.shared()
    order = list(votes.labels if scale is None else scale)
    place = np.array([order.index(label) for label in votes.labels], dtype=np.int64)
    given = np.bincount(place[votes.label], minlength=len(order))
    ranks = np.cumsum(given) - given / 2
    return _by_number(votes, ranks[place])


def _by_number(votes: Votes, number_of: Floats) -> Agreement:
    numbers = number_of[votes.label]
    if len(numbers) == 0 or np.ptp(numbers) == 0:
        return Agreement(None, {})
    answers, tasks = _answers(votes), len(votes.tasks)
    offsets = numbers - numbers[np.searchsorted(votes.task, votes.task)]  # from their task's first
    sums = np.bincount(votes.task, offsets, tasks)[votes.task]
    squares = np.bincount(votes.task, offsets**2, tasks)[votes.task]
    apart = answers * offsets**2 - 2 * offsets * sums + squares  # from all of the same task
    expected = 2 * np.var(numbers, ddof=1)  # the mean square of the difference of any two
    return _compared(votes, np.maximum(apart, 0) / (answers - 1), float(expected))


def general(
    votes: Votes, distance: Distance, *, pairs_limit: int = PAIRS_LIMIT, seconds: float = inf
) -> Agreement:
    """For answers of any type, with `distance` from 0 (the same) to 1, symmetric.

    What chance would give is the mean over all pairs of answers; with more different answers than
    make `pairs_limit` pairs, over so many pairs drawn at random, the same ones every time. Then
    about so many pairs of the same task are compared, too: all those of tasks drawn at random, and
    nothing is said of who answered none of these. Where comparing takes longer than `seconds`, it
    ends with what was drawn by then: half of them are for either kind of pairs. Nothing is said
    where no task could be compared.
    """
    votes = votes.shared()
    given, known = votes.label, _Known(votes.labels, distance)
    tasks_count = len(np.unique(votes.task))
    votes = _in_time(_some(votes, pairs_limit), known, until=monotonic() + seconds / 2)
    differing = np.zeros(len(votes.task))
    for start, end in _spans(votes.task):
        labels = votes.label[start:end].tolist()
        for one, other in combinations(range(len(labels)), 2):
            share = known.apart(labels[one], labels[other]) / (len(labels) - 1)
            differing[start + one] += share
            differing[start + other] += share
    expected = _expected(given, known, pairs_limit, until=monotonic() + seconds / 2)
    if not len(votes.task):
        return Agreement(None, {}, 0 if tasks_count else None)
    found, compared_count = _compared(votes, differing, expected), len(np.unique(votes.task))
    return replace(found, tasks_count=compared_count) if compared_count < tasks_count else found


@dataclass
class _Known:
    """How far any two labels are apart, each pair measured once."""

    labels: Sequence[Hashable]
    distance: Distance
    found: dict[tuple[int, int], float] = field(default_factory=dict)

    def apart(self, one: int, other: int) -> float:
        if one == other:
            return 0.0
        pair = (one, other) if one < other else (other, one)
        if pair not in self.found:
            self.found[pair] = self.distance(self.labels[pair[0]], self.labels[pair[1]])
        return self.found[pair]

    def measure(self, pairs: Iterable[tuple[int, int]], *, until: float) -> int:
        """How many of these were measured by then: all, or as many as come first."""
        count = 0
        for one, other in pairs:
            if monotonic() > until:
                break
            self.apart(one, other)
            count += 1
        return count


def _in_time(votes: Votes, known: _Known, *, until: float) -> Votes:
    """The answers to tasks that were compared by then: all, or as many as are drawn first."""
    spans = {int(votes.task[start]): (start, end) for start, end in _spans(votes.task)}
    tasks = np.array(list(spans), np.int64)
    drawn = np.random.default_rng(SEED).permutation(tasks).tolist()
    for place, task in enumerate(drawn):
        labels = votes.label[slice(*spans[task])].tolist()
        pairs = list(combinations(labels, 2))
        if known.measure(pairs, until=until) < len(pairs):
            return _of_tasks(votes, drawn[:place])
    return votes


def _of_tasks(votes: Votes, tasks: Sequence[int]) -> Votes:
    kept = np.isin(votes.task, tasks)
    return replace(votes, task=votes.task[kept], worker=votes.worker[kept], label=votes.label[kept])


def _some(votes: Votes, pairs_limit: int) -> Votes:
    """The answers to as many tasks as make so many pairs; all if they differ too little to make
    more."""
    answers = np.bincount(votes.task, minlength=len(votes.tasks))
    pairs = answers * (answers - 1) // 2
    if pairs.sum() <= pairs_limit or _pairs(len(np.unique(votes.label))) <= pairs_limit:
        return votes
    drawn = np.random.default_rng(SEED).permutation(len(pairs))
    count = np.searchsorted(np.cumsum(pairs[drawn]), pairs_limit, side="right")
    return _of_tasks(votes, drawn[: max(count, np.argmax(pairs[drawn] > 0) + 1)])


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _expected(label: Ints, known: _Known, pairs_limit: int, *, until: float) -> float:
    """The mean distance of two answers, of whatever tasks; 0 where none was measured by then."""
    count = len(label)
    different, given = np.unique(label, return_counts=True)
    times = dict(zip(different.tolist(), given.tolist(), strict=True))
    if _pairs(len(different)) <= pairs_limit:
        pairs = list(combinations(different.tolist(), 2))
        drawn = [pairs[place] for place in np.random.default_rng(SEED).permutation(len(pairs))]
        some = drawn[: known.measure(drawn, until=until)]
        if len(some) == len(pairs):
            some = pairs
        total = sum(times[one] * times[other] * known.apart(one, other) for one, other in some)
        weight = sum(times[one] * times[other] for one, other in some)
        unlike = count * count - sum(number * number for number in times.values())
        return total / max(weight, 1) * unlike / max(count * (count - 1), 1)
    chance = np.random.default_rng(SEED)
    first = chance.integers(0, count, pairs_limit)
    second = (first + chance.integers(1, count, pairs_limit)) % count
    pairs = list(zip(label[first].tolist(), label[second].tolist(), strict=True))
    some = pairs[: known.measure(pairs, until=until)]
    return sum(known.apart(one, other) for one, other in some) / max(len(some), 1)


def _answers(votes: Votes) -> Ints:
    """For each answer how many its task has."""
    return np.bincount(votes.task, minlength=len(votes.tasks))[votes.task]


def _spans(task: Ints) -> list[tuple[int, int]]:
    """Where each task's answers begin and end; answers are sorted by task."""
    starts = np.flatnonzero(np.diff(task, prepend=-1)).tolist()
    return list(pairwise([*starts, len(task)]))


def _compared(votes: Votes, differing: Floats, expected: float) -> Agreement:
    """From each answer's mean disagreement with the others to its task, and the expected one."""
    if expected <= 0:
        return Agreement(None, {})
    answers = votes.per_worker(np.ones(len(votes.task)))
    disagreed = votes.per_worker(differing)
    by_worker = {
        votes.workers[number]: float(1 - disagreed[number] / answers[number] / expected)
        for number in np.flatnonzero(answers)
    }
    return Agreement(float(1 - differing.mean() / expected), by_worker)
