"""One task at a time: how sure its answers make us, before all others are in."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any, TypeVar

from labeling.aggregation.models import PRIOR_RIGHT, PRIOR_WRONG

Label = TypeVar("Label", bound=Hashable)
ACCURACY_LOW, ACCURACY_HIGH = 0.05, 0.99  # nobody is known better than this


@dataclass(frozen=True)
class Estimate:
    """How often somebody is right: weights of right and wrong answers, beside the prior."""

    right: float = 0.0
    wrong: float = 0.0

    @property
    def accuracy(self) -> float:
        """The posterior mean, with the prior of `models`."""
        right = self.right + PRIOR_RIGHT
        return right / (right + self.wrong + PRIOR_WRONG)


def posterior(votes: Sequence[tuple[Label, float]], *, labels_count: int) -> dict[Label, float]:
    """The chance of each label that was given, under one-coin with a uniform prior.

    A vote is a label and its giver's accuracy; a wrong answer is any of the other labels alike.
    Labels that nobody gave have the rest of the sum.
    """
    others = max(labels_count - 1, 1)
    gains: dict[Label, float] = {}
    for label, accuracy in votes:
        chance = min(max(accuracy, ACCURACY_LOW), ACCURACY_HIGH)
        gains[label] = gains.get(label, 0.0) + log(chance) - log((1 - chance) / others)
    top = max(gains.values(), default=0.0)
    weights = {label: exp(gain - top) for label, gain in gains.items()}
    unseen = max(labels_count - len(gains), 0) * exp(-max(top, 0.0)) if top >= 0 else 0.0
    total = sum(weights.values()) + unseen
    return {label: weight / total for label, weight in weights.items()}


def clusters(
    answers: Sequence[Any], agree: Callable[[Any, Any], float], *, threshold: float = 0.5
) -> list[int]:
    """For each answer the number of its class: the first answer that it agrees with enough.

    Answers join the class whose founder they agree with best; founders are those with the most
    agreement with all others, so the order of the answers does not matter.
    """
    support = [sum(agree(one, other) for other in answers) for one in answers]
    order = sorted(range(len(answers)), key=lambda n: (-support[n], repr(answers[n])))
    founders: list[int] = []
    found: dict[int, int] = {}
    for number in order:
        best = max(founders, key=lambda f: agree(answers[f], answers[number]), default=None)
        if best is None or agree(answers[best], answers[number]) < threshold:
            founders.append(number)
            best = number
        found[number] = founders.index(best)
    return [found[number] for number in range(len(answers))]
