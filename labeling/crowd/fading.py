"""Fading: what of the events behind a posterior still counts, so that they add up to it.

Before a batch of events is added, what was known counts FADING times for each unit of weight that
the batch brings. What a batch takes back it takes back as far as there is something. Pure: the
same rule as that of `reputation`'s statement, told event by event.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

FADING = 0.99  # of what was known, for each unit of weight that comes


@dataclass(frozen=True)
class Mark:
    """One event's weights; those of one `batch` came together."""

    id: int
    batch: Hashable
    right: float
    wrong: float


def counting(marks: Iterable[Mark]) -> dict[int, tuple[float, float]]:
    """What of each mark's right and wrong still counts, by id; the oldest mark comes first.

    The sums are the posterior's weights without what everybody is credited with.
    """
    right, wrong, age = 0.0, 0.0, 0.0
    added: list[tuple[int, float, float, float]] = []
    for together in _batches(marks):
        weight = max(sum(one.right + one.wrong for one in together), 0.0)
        age, faded = age + weight, FADING**weight
        right, rights = _added(right * faded, [one.right for one in together])
        wrong, wrongs = _added(wrong * faded, [one.wrong for one in together])
        added += [(one.id, *both, age) for one, *both in zip(together, rights, wrongs, strict=True)]
    left = {pk: FADING ** (age - then) for pk, _, _, then in added}
    return {pk: (right * left[pk], wrong * left[pk]) for pk, right, wrong, _ in added}


def _batches(marks: Iterable[Mark]) -> list[list[Mark]]:
    return [list(together) for _, together in groupby(marks, key=lambda one: one.batch)]


def _added(known: float, weights: Sequence[float]) -> tuple[float, list[float]]:
    """What is known then, never below zero, and what each of these weights adds to it."""
    total = known + sum(weights)
    if total >= 0:
        return total, list(weights)
    missing = total / sum(weight for weight in weights if weight < 0)
    return 0.0, [weight * (1 - missing) if weight < 0 else weight for weight in weights]
