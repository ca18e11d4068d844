"""One task at a time: how sure its answers make us, before all others are in."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, fsum, log
from typing import Any, TypeVar

from labeling.aggregation.models import PRIOR_RIGHT, PRIOR_WRONG

Label = TypeVar("Label", bound=Hashable)
ACCURACY_LOW, ACCURACY_HIGH = 0.05, 0.99  # nobody is known better than this
KEPT = 0.99  # of what was known, for each answer learnt since: a hundred later it is a third


@dataclass(frozen=True)
class Estimate:
    """How often somebody is right: weights of right and wrong answers, beside the prior."""

    right: float = 0.0
    wrong: float = 0.0

    @property
    def accuracy(self) -> float:
        """The posterior mean, with the prior of `models`: 4 right, 1 wrong."""
        right = self.right + PRIOR_RIGHT
        return right / (right + self.wrong + PRIOR_WRONG)

    def learned(self, right: float, wrong: float) -> "Estimate":
        """The estimate after answers of these weights; what is old fades, so that it can fall as
        fast for somebody with a long record as it rose."""
        kept = KEPT ** (right + wrong)
        return Estimate(self.right * kept + right, self.wrong * kept + wrong)


def posterior(votes: Sequence[tuple[Label, float]], labels_count: int) -> dict[Label, float]:
    """The chance of each label that was given, under one-coin with a uniform prior.

    A vote is a label and its giver's accuracy; a wrong answer is any of the other labels alike.
    Labels that nobody gave have the rest of the sum. The order of the votes does not matter.
    """
    others = max(labels_count - 1, 1)
    gains: dict[Label, list[float]] = {}
    for label, accuracy in votes:
        chance = min(max(accuracy, ACCURACY_LOW), ACCURACY_HIGH)
        gains.setdefault(label, []).append(log(chance) - log((1 - chance) / others))
    gain_of = {label: fsum(found) for label, found in gains.items()}
    unseen = max(labels_count - len(gain_of), 0)
    top = max([*gain_of.values(), 0.0] if unseen else gain_of.values(), default=0.0)
    weights = {label: exp(gain - top) for label, gain in gain_of.items()}
    total = fsum([*weights.values(), unseen * exp(-top) if unseen else 0.0])
    return {label: weight / total for label, weight in weights.items()}


def clusters(
    answers: Sequence[Hashable], agree: Callable[[Any, Any], float], threshold: float = 0.5
) -> list[int]:
    """For each answer the number of its class: 0 is the one that has most in common with all.

    The answer that agrees most with all others founds a class; an answer joins the class whose
    founder it agrees with best, from the threshold on, or founds the next. Equal answers are in
    one class, and the order of the answers does not matter.
    """
    given = Counter(answers)
    alike = _agreements(sorted(given, key=repr), agree)
    support = {
        one: fsum(count * alike[one, other] for other, count in given.items()) for one in given
    }
    founders: list[Hashable] = []
    number_of: dict[Hashable, int] = {}
    for one in sorted(given, key=lambda one: (-support[one], repr(one))):
        best = max(founders, key=lambda founder: alike[founder, one], default=None)
        if best is None or alike[best, one] < threshold:
            founders.append(one)
            best = one
        number_of[one] = founders.index(best)
    return [number_of[one] for one in answers]


def _agreements(
    different: Sequence[Hashable], agree: Callable[[Any, Any], float]
) -> dict[tuple[Hashable, Hashable], float]:
    """How much any two agree, each pair compared once."""
    alike = {(one, one): 1.0 for one in different}
    for one, other in combinations(different, 2):
        alike[one, other] = alike[other, one] = agree(one, other)
    return alike
