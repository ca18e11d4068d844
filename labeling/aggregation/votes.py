"""Answers as arrays: who said what about which task."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
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
    def of(cls, rows: Iterable[Row]) -> "Votes":
        """The votes of these answers; names are numbered in the order they come."""
        names: tuple[dict[Hashable, int], ...] = ({}, {}, {})
        numbers = [
            [seen.setdefault(name, len(seen)) for name, seen in zip(row, names, strict=True)]
            for row in rows
        ]
        columns = np.array(numbers, dtype=np.int64).reshape(-1, 3).T
        tasks, workers, labels = (list(seen) for seen in names)
        return cls(columns[0], columns[1], columns[2], tasks, workers, labels)

    @cached_property
    def counts(self) -> Floats:
        """How often each label was given to each task, shape (tasks, labels)."""
        return self.per_task(np.ones(len(self.task)))

    def per_task(self, weights: Floats) -> Floats:
        """The weights of the answers summed by task and label, shape (tasks, labels)."""
        size = len(self.tasks) * len(self.labels)
        cells = self.task * len(self.labels) + self.label
        return np.bincount(cells, weights, size).reshape(len(self.tasks), len(self.labels))

    @cached_property
    def said(self) -> csr_matrix:
        """1 where a worker gave a label to a task, shape (tasks, workers × labels)."""
        cells = self.worker * len(self.labels) + self.label
        shape = (len(self.tasks), len(self.workers) * len(self.labels))
        return csr_matrix((np.ones(len(self.task)), (self.task, cells)), shape=shape)

    def per_worker(self, weights: Floats) -> Floats:
        """The weights of the answers summed by worker, shape (workers,)."""
        return np.bincount(self.worker, weights, len(self.workers))


@dataclass(frozen=True)
class Labels:
    """What a model concluded. `posterior` has the shape (tasks, labels), its rows sum to one.

    `accuracy` is how often each worker is right, by this model, shape (workers,).
    """

    votes: Votes
    model: str
    posterior: Floats
    accuracy: Floats

    def best(self) -> dict[Hashable, Hashable]:
        """The likeliest label of each task; of equals the one named first."""
        chosen = self.posterior.argmax(axis=1)
        return {
            task: self.votes.labels[number]
            for task, number in zip(self.votes.tasks, chosen, strict=True)
        }

    def confidence(self) -> Floats:
        """The posterior of the likeliest label, shape (tasks,)."""
        return np.asarray(self.posterior.max(axis=1))
