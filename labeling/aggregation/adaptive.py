"""Adaptive overlap: ask until the consensus is sure enough, and no longer.

How sure follows from all answers of a project together, those to open tasks too, once they can
carry a table of each labeler's errors (`models.choose`); before, and for all else that is asked,
from what is known of each labeler by then (`online`).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from labeling.aggregation import models
from labeling.aggregation.votes import Labels, Row, Votes

CROWD_WEIGHT = 0.5  # answers of the crowd's that stand beside a labeler's own


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When to stop asking: sure enough after at least so many answers, or at the most."""

    confidence: float = 0.999
    at_least: int = 3
    at_most: int = 100


def fit(
    rows: Sequence[Row], *, labels_count: int, known: Mapping[Hashable, Hashable]
) -> Labels | None:
    """How sure these answers make us of each task; None while they cannot carry it.

    `labels_count` is how many labels there are, those that nobody gave included, `known` are the
    truths of tasks that are known (gold).
    """
    said = {label for _, _, label in rows} | set(known.values())
    unsaid = [("", number) for number in range(labels_count - len(said))]
    votes = Votes.of(rows, labels=[*known.values(), *unsaid])
    model, _ = models.choose(votes)
    if model != "dawid_skene":
        return None
    return models.crowd_dawid_skene(votes, known=known, crowd_weight=CROWD_WEIGHT)
