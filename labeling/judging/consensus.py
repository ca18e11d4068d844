"""The consensus of one task's answers and how sure it is, by what is known of who gave them.

Pure: answers, accuracies and the configuration in, consensus out. For each control the answers
are sorted into classes of those that agree; under one-coin each class has a chance, and the
consensus is the likeliest. A wrong answer to a control with k choices is any of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labeling.aggregation import online
from labeling.answers import Config
from labeling.answers.control import Control

OPEN_LABELS = 20  # as many wrong answers as a control without choices is taken to have


@dataclass(frozen=True)
class Consensus:
    """`scores` and `chances` are in the order of the answers: how much each agrees with the
    consensus, and how likely it is to be the right one."""

    answers: dict[str, Any]
    confidence: float
    agreement: float
    scores: list[float]
    chances: list[float]


def of(config: Config, given: Sequence[dict[str, Any]], accuracies: Sequence[float]) -> Consensus:
    """The consensus of at least one answer; the confidence is that of the least sure control."""
    merged = config.consensus(given)
    decided: dict[str, Any] = {}
    confidence, chances = 1.0, [1.0] * len(given)
    for name, control in config.controls.items():
        voters = [number for number, answer in enumerate(given) if name in answer]
        if not voters or not config.asks(name, merged):
            continue
        answers = [given[number][name] for number in voters]
        classes = online.clusters(answers, control.agree)
        weights = [accuracies[number] for number in voters]
        votes = list(zip(classes, weights, strict=True))
        chance = online.posterior(votes, labels_count=labels_count(control, classes))
        best = _best(chance, classes, answers, merged.get(name))
        if control.scale == "nominal" and name in merged:
            decided[name] = answers[classes.index(best)]
        confidence = min(confidence, chance[best])
        for number, cls in zip(voters, classes, strict=True):
            chances[number] = min(chances[number], chance[cls])
    if any(merged[name] != likeliest for name, likeliest in decided.items()):
        merged = config.consensus(given, decided)
    return Consensus(
        answers=merged,
        confidence=confidence,
        agreement=config.agreement(given),
        scores=[config.score(answer, merged) for answer in given],
        chances=chances,
    )


def _best(chance: dict[int, float], classes: list[int], answers: list[Any], merged: Any) -> int:
    """The likeliest class; of equals the one that holds the plain merger of all answers."""
    top = max(chance.values())
    likeliest = [cls for cls, one in chance.items() if one >= top - 1e-9]
    for cls in likeliest:
        if answers[classes.index(cls)] == merged:
            return cls
    return min(likeliest)


def labels_count(control: Control, classes: Sequence[int]) -> int:
    """How many answers there could be, the right one included."""
    if control.answers_count is None:
        return max(OPEN_LABELS, len(set(classes)) + 1)
    return max(control.answers_count, 2)
