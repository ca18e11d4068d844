"""Answers as arrays: who said what about which task."""

from collections.abc import Container, Hashable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
EQUAL = 1e-9  # chances closer than this are the same: what is between is rounding
Row = tuple[Hashable, Hashable, Hashable]  # task, worker, label


@dataclass(frozen=True)
class Votes:
    """One position per answer in `task`, `worker` and `label`: numbers into the names."""

    task: Ints
    worker: Ints
    label: Ints
    tasks: list[Hashable]
    workers: list[Hashable]
    labels: list[Hashable]

    @classmethod
    def of(cls, rows: Iterable[Row], *, labels: Iterable[Hashable] = ()) -> "Votes":
        """The votes of these answers, names and answers sorted: the same in whatever order the
        rows come, so that sums are the same to the last digit and ties fall the same way. `labels`
        are names that there are beside those that were given."""
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        seen = [set(columns[0]), set(columns[1]), {*columns[2], *labels}]
        names = [_sorted(one) for one in seen]
        task, worker, label = (
            _numbers(column, seen) for column, seen in zip(columns, names, strict=True)
        )
        order = np.lexsort((label, worker, task))
        return cls(task[order], worker[order], label[order], *names)

    def shared(self) -> "Votes":
        """Only the answers to tasks that have two at least; the names stay."""
        answers = np.bincount(self.task, minlength=len(self.tasks))
        kept = answers[self.task] > 1
        return replace(self, task=self.task[kept], worker=self.worker[kept], label=self.label[kept])

    @cached_property
    def counts(self) -> Floats:
        """How often each label was given to each task, shape (labels, tasks)."""
        return self.per_task(np.ones(len(self.task)))

    def per_task(self, weights: Floats) -> Floats:
        """The weights of the answers summed by label and task, shape (labels, tasks)."""
        size = len(self.labels) * len(self.tasks)
        cells = self.label * len(self.tasks) + self.task
        summed = np.bincount(cells, weights, size).reshape(len(self.labels), len(self.tasks))
        return summed.astype(np.float64, copy=False)

    @cached_property
    def said(self) -> csr_matrix:
        """1 where a worker gave a label to a task, shape (tasks, workers × labels)."""
        cells = self.worker * len(self.labels) + self.label
        shape = (len(self.tasks), len(self.workers) * len(self.labels))
        return csr_matrix((np.ones(len(self.task)), (self.task, cells)), shape=shape)

    @cached_property
    def heard(self) -> csr_matrix:
        """`said` the other way round, shape (workers × labels, tasks)."""
        return self.said.T.tocsr()

    def per_worker(self, weights: Floats) -> Floats:
        """The weights of the answers summed by worker, shape (workers,)."""
        summed = np.bincount(self.worker, weights, len(self.workers))
        return summed.astype(np.float64, copy=False)


def _sorted(names: set[Hashable]) -> list[Hashable]:
    """In their own order, or in that of how they are written when they have none."""
    try:
        return sorted(names)  # type: ignore[type-var]
    except TypeError:
        return sorted(names, key=lambda name: (type(name).__name__, repr(name)))


def _numbers(column: tuple[Hashable, ...], names: list[Hashable]) -> Ints:
    number = {name: place for place, name in enumerate(names)}
    return np.fromiter(map(number.__getitem__, column), np.int64, len(column))


@dataclass(frozen=True)
class Labels:
    """What a model concluded. `posterior` has the shape (tasks, labels), its rows sum to one, or to
    less where labels that nobody gave have a chance, too.

    `accuracy` is how often each worker is right, by this model, shape (workers,).
    """

    votes: Votes
    model: str
    posterior: Floats
    accuracy: Floats

    def best(self) -> dict[Hashable, Hashable]:
        """The likeliest label of each task; of equals the first in order."""
        if not self.votes.tasks:
            return {}
        tops = self.posterior.max(axis=1, keepdims=True) - EQUAL
        chosen = (self.posterior >= tops).argmax(axis=1)
        return {
            task: self.votes.labels[number]
            for task, number in zip(self.votes.tasks, chosen, strict=True)
        }

    def chances(
        self, tasks: Container[Hashable] | None = None
    ) -> dict[Hashable, dict[Hashable, float]]:
        """The posterior of each label by task, of these tasks or of all."""
        names = self.votes.labels
        return {
            task: dict(zip(names, row.tolist(), strict=True))
            for task, row in zip(self.votes.tasks, self.posterior, strict=True)
            if tasks is None or task in tasks
        }

    def confidence(self) -> Floats:
        """The posterior of the likeliest label, shape (tasks,)."""
        return np.asarray(self.posterior.max(axis=1, initial=0))

    def margin(self) -> Floats:
        """How far the likeliest label is ahead of the next, shape (tasks,)."""
        if self.posterior.shape[1] < 2:
            return self.confidence()
        top = np.partition(self.posterior, -2, axis=1)
        return np.asarray(top[:, -1] - top[:, -2])
