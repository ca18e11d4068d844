"""The consensus of one task's answers and how sure it is, by what is known of who gave them.

Pure: answers, accuracies and the configuration in, consensus out. For each control the answers
are sorted into classes of those that agree; under one-coin each class has a chance, and the
consensus is the likeliest. A wrong answer to a control with k choices is any of the others.

What is merged of all answers may agree with none of the likeliest class: then only those of that
class are merged, so that the confidence is always that of what is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import fsum
from typing import Any

from labeling.aggregation import online
from labeling.answers import Config
from labeling.answers.config import Alike
from labeling.answers.control import Control
from labeling.answers.per_region import PerRegion

OPEN_LABELS = 20  # as many wrong answers as a control without choices is taken to have
EQUAL = 1e-9  # chances closer than this are the same
ALIKE = 0.5  # from here on two answers are of one class


@dataclass(frozen=True)
class Consensus:
    """`scores` and `chances` are in the order of the answers: how much each agrees with the
    consensus, and how likely it is to be the right one, None where nothing tells."""

    answers: dict[str, Any]
    confidence: float
    agreement: float
    scores: list[float]
    chances: list[float | None]


@dataclass(frozen=True)
class _Poll:
    """The answers to one control: who gave them (numbers of all answers), who was asked and left
    it out, and the class of each answer with the chance of each class."""

    control: Control
    voters: list[int]
    silent: list[int]
    answers: list[Any]
    classes: list[int]
    votes: list[tuple[int, float]]
    alike: Alike
    fitted: Mapping[Any, float] | None = None

    @cached_property
    def chance(self) -> dict[int, float]:
        if self.fitted is not None:
            pairs = zip(self.classes, self.answers, strict=True)
            return {cls: self.fitted.get(answer, 0.0) for cls, answer in pairs}
        return online.posterior(self.votes, labels_count=self.labels_count)

    @property
    def labels_count(self) -> int:
        return labels_count(self.control, self.classes)

    @property
    def tells_nothing(self) -> bool:
        """True if there is no end of answers and no two agree: each may be right in its way."""
        is_open = self.control.answers_count is None
        return is_open and len(self.classes) > 1 and len(set(self.classes)) == len(self.classes)

    def of_class(self, cls: int) -> list[int]:
        """The numbers of the answers of this class."""
        return [number for number, one in zip(self.voters, self.classes, strict=True) if one == cls]

    def left_out(self, accuracies: Sequence[float]) -> float:
        """The chance that there is nothing to answer, as the silent say; sure where nobody is."""
        if not self.silent:
            return 1.0
        nothing = -1
        votes = [*self.votes, *((nothing, accuracies[number]) for number in self.silent)]
        return online.posterior(votes, labels_count=self.labels_count + 1)[nothing]


def of(
    config: Config,
    given: Sequence[dict[str, Any]],
    accuracies: Sequence[float],
    fitted: Mapping[Any, float] | None = None,
) -> Consensus:
    """The consensus of at least one answer; the confidence is that of the least sure control.

    `fitted` are the chances of the answers to the only control, where all answers of the project
    tell them (`overlaps`): they count instead of the accuracies.
    """
    merged, alike = config.consensus(given), Alike()
    among: dict[str, list[int]] = {}
    confidence = 1.0
    chances: list[float | None] = [None] * len(given)
    for poll in _polls(config, given, accuracies, merged, fitted, alike):
        name = poll.control.name
        if name not in merged:
            confidence = min(confidence, poll.left_out(accuracies))
            continue
        sure, chosen = _decided(poll, merged[name])
        confidence = min(confidence, sure)
        if chosen is not None:
            among[name] = poll.of_class(chosen)
        _tell(poll, chances)
    if among:
        merged = config.consensus(given, among)
    return Consensus(
        answers=merged,
        confidence=confidence,
        agreement=config.agreement(given, alike),
        scores=[config.score(answer, merged, alike) for answer in given],
        chances=chances,
    )


def _polls(
    config: Config,
    given: Sequence[dict[str, Any]],
    accuracies: Sequence[float],
    merged: dict[str, Any],
    fitted: Mapping[Any, float] | None,
    alike: Alike,
) -> Iterator[_Poll]:
    """For each control that those ask who are right, and somebody has answered."""
    for name, control in config.controls.items():
        asked = [number for number, answer in enumerate(given) if config.asks(name, answer)]
        voters = [number for number in asked if name in given[number]]
        if not voters or not config.asks(name, merged):
            continue
        answers = [given[number][name] for number in voters]
        classes = online.clusters(answers, partial(alike.agree, control), ALIKE)
        weights = [accuracies[number] for number in voters]
        yield _Poll(
            control=control,
            voters=voters,
            silent=[number for number in asked if name not in given[number]],
            answers=answers,
            classes=classes,
            votes=list(zip(classes, weights, strict=True)),
            alike=alike,
            fitted=fitted,
        )


def _decided(poll: _Poll, merged: Any) -> tuple[float, int | None]:
    """How sure the consensus is, and the class that it is to be merged of instead of all."""
    chance = poll.chance
    best = _best(chance, poll, merged)
    if isinstance(poll.control, PerRegion) or _is_of(poll, best, merged):
        return chance[best], None
    is_tied = sum(one >= chance[best] - EQUAL for one in chance.values()) > 1
    if is_tied and poll.control.scale != "nominal":  # nobody is likelier, and nobody said it
        unseen = max(poll.labels_count - len(chance), 1)
        return max(1 - fsum(chance.values()), 0.0) / unseen, None
    return chance[best], best


def _best(chance: dict[int, float], poll: _Poll, merged: Any) -> int:
    """The likeliest class; of equals the one that the plain merger of all answers is of."""
    top = max(chance.values())
    likeliest = sorted(cls for cls, one in chance.items() if one >= top - EQUAL)
    return next((cls for cls in likeliest if _is_of(poll, cls, merged)), likeliest[0])


def _is_of(poll: _Poll, cls: int, merged: Any) -> bool:
    same = [one for one, its in zip(poll.answers, poll.classes, strict=True) if its == cls]
    return any(poll.alike.agree(poll.control, one, merged) >= ALIKE for one in same)


def _tell(poll: _Poll, chances: list[float | None]) -> None:
    """Each answer's chance is that of its least likely part."""
    if poll.tells_nothing:
        return
    chance = poll.chance
    for number, cls in zip(poll.voters, poll.classes, strict=True):
        before = chances[number]
        chances[number] = chance[cls] if before is None else min(before, chance[cls])


def labels_count(control: Control, classes: Sequence[int]) -> int:
    """How many answers there could be, the right one included."""
    if control.answers_count is None:
        return max(OPEN_LABELS, len(set(classes)) + 1)
    return max(control.answers_count, 2)
