"""What is counted, measured or rated."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low
from typing import Any, ClassVar

from labeling.answers.control import Control, Scale, naming
from labeling.answers.tag import Tag, plain_number
from labeling.errors import MalformedConfig

RATING_LIMIT = 100
STEP_LEAST = Decimal("0.000001")

Amount = int | float


@dataclass(frozen=True)
class Number(Control):
    """A number from `min` to `max` in steps of `step`, each where given. Answers are numbers."""

    least: Decimal | None = None
    most: Decimal | None = None
    step: Decimal | None = None

    tag: ClassVar[str] = "Number"
    type: ClassVar[str] = "number"
    scale: ClassVar[Scale] = "interval"

    @classmethod
    def build(cls, tag: Tag) -> "Number":
        least, most, step = tag.number("min"), tag.number("max"), tag.number("step")
        if least is not None and most is not None and least > most:
            raise MalformedConfig("min is above max.")
        if step is not None and step < STEP_LEAST:
            raise MalformedConfig("step is %(least)s at least.", least=str(STEP_LEAST))
        return cls(**naming(tag), least=least, most=most, step=step)

    def read(self, value: Any) -> Amount:
        if not plain_number(value):
            raise self.malformed("number is a number.")
        exact = Decimal(repr(value))
        if (self.least is not None and exact < self.least) or (
            self.most is not None and exact > self.most
        ):
            raise self.outside("not between min and max.", self._bounds())
        if self.step is not None and (exact - (self.least or 0)) % self.step:
            raise self.outside("not a step of %(step)s.", self._bounds(), step=str(self.step))
        return int(value) if value == int(value) else value

    def _bounds(self) -> list[float | None]:
        return [None if bound is None else float(bound) for bound in (self.least, self.most)]

    def write(self, answer: Amount) -> Amount:
        return answer

    def agree(self, a: Amount, b: Amount) -> float:
        """1 minus the distance: in parts of the range, or of the larger one without a range."""
        if a == b:
            return 1.0
        if self.least is None or self.most is None:
            return max(1 - abs(a - b) / max(abs(a), abs(b)), 0.0)
        return 1 - abs(a - b) / float(self.most - self.least)

    def merge(self, answers: Sequence[Amount]) -> Amount:
        """The median, the lower one of two."""
        return median_low(answers)


@dataclass(frozen=True)
class Rating(Control):
    """Stars from 1 to `maxRating`. Answers are whole numbers."""

    stars: int = 5

    tag: ClassVar[str] = "Rating"
    type: ClassVar[str] = "rating"
    scale: ClassVar[Scale] = "ordinal"

    @classmethod
    def build(cls, tag: Tag) -> "Rating":
        stars = tag.whole("maxRating", default=5, limit=RATING_LIMIT)
        return cls(**naming(tag), stars=stars)

    @property
    def answers_count(self) -> int | None:
        return self.stars

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.malformed("rating is a whole number.")
        if not 1 <= value <= self.stars:
            raise self.outside("a rating from 1 to %(stars)s.", [1, self.stars], stars=self.stars)
        return value

    def write(self, answer: int) -> int:
        return answer

    def agree(self, a: int, b: int) -> float:
        """1 minus the distance, in parts of the scale."""
        return 1 - abs(a - b) / max(self.stars - 1, 1)

    def merge(self, answers: Sequence[int]) -> int:
        """The median, the lower one of two."""
        return median_low(answers)
