"""What can be asked of a whole object: one class a control, in label-studio's result format.

To add one: subclass `Control`, write its five methods, and put it into `CONTROLS`. What marks
parts of an object stands in `regions`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import fsum
from typing import Any, ClassVar

from labeling.answers.objects import Shown, ShownType
from labeling.errors import AnswerOutsideChoices, MalformedAnswer, MalformedConfig

TEXT_LIMIT = 50_000  # characters of one text in an answer
COMPARED_CHARACTERS = 2_000  # of each text when two are compared
SHORT_CHARACTERS = 40  # texts up to this are compared character by character
SUBMISSIONS_LIMIT = 20
RATING_LIMIT = 100

Attributes = Mapping[str, str]
Region = dict[str, Any]


@dataclass(frozen=True)
class Control:
    """A question about one object. A required one has at least one region in every answer."""

    name: str
    to_name: str
    required: bool

    type: ClassVar[str]  # of its regions, and the value's key unless `key` is another
    key: ClassVar[str] = ""
    child: ClassVar[str | None] = None  # the one tag that it may contain
    about: ClassVar[ShownType] = Shown  # the objects that it can ask about
    regions_limit: ClassVar[int] = 1
    may_be_empty: ClassVar[bool] = False  # True if no region at all is an answer too
    reads_text: ClassVar[bool] = False  # True if an answer quotes the text that was shown

    @classmethod
    def build(cls, attributes: Attributes, children: Sequence[Attributes]) -> "Control":
        """The control that a tag of the configuration describes."""
        raise NotImplementedError

    def answer(self, regions: Sequence[Region], *, shown: str | None = None) -> Any:
        """The answer that these regions make, checked; raises MalformedAnswer.

        `shown` is the text that the object shows, None if it is no text or not known here.
        """
        (region,) = regions
        key = self.key or self.type
        value = region.get("value")
        if not isinstance(value, dict) or value.keys() != {key}:
            raise MalformedAnswer(f"{self.name}: value is {{{key!r}: …}}.", name=self.name)
        return self.read(value[key])

    def regions(self, answer: Any) -> list[Region]:
        """What is particular to each region of an answer: the inverse of `answer`."""
        return [{"value": {self.key or self.type: self.write(answer)}}]

    def read(self, value: Any) -> Any:
        """The answer inside a region's value, checked; raises MalformedAnswer."""
        raise NotImplementedError

    def write(self, answer: Any) -> Any:
        """The region's value for an answer: the inverse of `read`."""
        raise NotImplementedError

    def agree(self, a: Any, b: Any) -> float:
        """How much two answers agree: 1 the same, 0 nothing in common. Symmetric."""
        raise NotImplementedError

    def merge(self, answers: Sequence[Any]) -> Any:
        """The consensus of at least one answer; does not depend on their order."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choices(Control):
    """One of the choices, or several with `choice="multiple"`. Answers are tuples in order."""

    choices: tuple[str, ...] = ()
    multiple: bool = False

    type: ClassVar[str] = "choices"
    child: ClassVar[str | None] = "Choice"

    @classmethod
    def build(cls, attributes: Attributes, children: Sequence[Attributes]) -> "Choices":
        mode = attributes.get("choice", "single")
        if mode not in {"single", "single-radio", "multiple"}:
            raise MalformedConfig(f"choice={mode!r} is not known: single or multiple.")
        choices = tuple(child.get("value", "").strip() for child in children)
        if not choices or "" in choices or len(set(choices)) != len(choices):
            raise MalformedConfig("Choices needs Choice tags, each with a value of its own.")
        return cls(**naming(attributes), choices=choices, multiple=mode == "multiple")

    def read(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(choice, str) for choice in value):
            raise MalformedAnswer(f"{self.name}: choices is a list of texts.", name=self.name)
        unknown = [choice for choice in value if choice not in self.choices]
        if unknown:
            raise AnswerOutsideChoices(
                f"{self.name}: {unknown[0][:100]!r} is none of the choices.",
                name=self.name,
                choices=list(self.choices),
            )
        if len(set(value)) != len(value):
            raise MalformedAnswer(f"{self.name}: the same choice twice.", name=self.name)
        if not value or (len(value) > 1 and not self.multiple):
            few = "at least one choice" if self.multiple else "exactly one choice"
            raise MalformedAnswer(f"{self.name}: {few}.", name=self.name)
        return self._ordered(set(value))

    def _ordered(self, chosen: set[str]) -> tuple[str, ...]:
        return tuple(choice for choice in self.choices if choice in chosen)

    def write(self, answer: tuple[str, ...]) -> list[str]:
        return list(answer)

    def agree(self, a: tuple[str, ...], b: tuple[str, ...]) -> float:
        """Jaccard index of the two sets: with a single choice 1 or 0."""
        return len(set(a) & set(b)) / len(set(a) | set(b))

    def merge(self, answers: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """The choice most people made, the first listed on a tie; multiple: each that more than
        half made, or the most frequent one when there is none."""
        votes = Counter(choice for answer in answers for choice in answer)
        if self.multiple:
            majority = {choice for choice, count in votes.items() if count * 2 > len(answers)}
            if majority:
                return self._ordered(majority)
        return (max(self.choices, key=lambda choice: votes[choice]),)


@dataclass(frozen=True)
class TextArea(Control):
    """Free text, up to `maxSubmissions` of them. Answers are tuples of texts."""

    submissions_limit: int = 1

    type: ClassVar[str] = "textarea"
    key: ClassVar[str] = "text"

    @classmethod
    def build(cls, attributes: Attributes, children: Sequence[Attributes]) -> "TextArea":
        limit = whole_number(attributes, "maxSubmissions", default=1, limit=SUBMISSIONS_LIMIT)
        return cls(**naming(attributes), submissions_limit=limit)

    def read(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise MalformedAnswer(f"{self.name}: text is a list of texts.", name=self.name)
        if not 1 <= len(value) <= self.submissions_limit:
            limit = self.submissions_limit
            raise MalformedAnswer(f"{self.name}: 1 to {limit} texts.", name=self.name)
        for text in value:
            self._check(text)
        return tuple(value)

    def _check(self, text: str) -> None:
        if not text.strip():
            raise MalformedAnswer(f"{self.name}: the text is empty.", name=self.name)
        if len(text) > TEXT_LIMIT:
            limit = TEXT_LIMIT
            raise MalformedAnswer(f"{self.name}: more than {limit} characters.", name=self.name)
        if not is_storable(text):
            raise MalformedAnswer(f"{self.name}: the text holds no characters.", name=self.name)

    def write(self, answer: tuple[str, ...]) -> list[str]:
        return list(answer)

    def agree(self, a: tuple[str, ...], b: tuple[str, ...]) -> float:
        """How alike two texts are, from 0 to 1, blind to case and white space."""
        return likeness(*sorted([_plain(a), _plain(b)]))

    def merge(self, answers: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """The answer that agrees best with all others: the medoid."""
        candidates = sorted(set(answers))
        if len(candidates) == 1:
            return candidates[0]
        return max(candidates, key=lambda one: fsum(self.agree(one, other) for other in answers))


def likeness(a: str, b: str) -> float:
    """Share of matching characters (Ratcliff/Obershelp) of short texts, of common three-character
    pieces (Dice) of longer ones: its cost grows with their length alone, whoever wrote them."""
    if a == b:
        return 1.0
    if max(len(a), len(b)) <= SHORT_CHARACTERS:
        return SequenceMatcher(None, a, b, autojunk=False).ratio()
    first, second = _pieces(a), _pieces(b)
    return 2 * (first & second).total() / (first.total() + second.total())


def _pieces(text: str) -> Counter[str]:
    return Counter(text[start : start + 3] for start in range(max(len(text) - 2, 1)))


def _plain(texts: tuple[str, ...]) -> str:
    return " ".join(" ".join(texts).casefold().split())[:COMPARED_CHARACTERS]


@dataclass(frozen=True)
class Rating(Control):
    """Stars from 1 to `maxRating`. Answers are whole numbers."""

    stars: int = 5

    type: ClassVar[str] = "rating"

    @classmethod
    def build(cls, attributes: Attributes, children: Sequence[Attributes]) -> "Rating":
        stars = whole_number(attributes, "maxRating", default=5, limit=RATING_LIMIT)
        return cls(**naming(attributes), stars=stars)

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedAnswer(f"{self.name}: rating is a whole number.", name=self.name)
        if not 1 <= value <= self.stars:
            message = f"{self.name}: a rating from 1 to {self.stars}."
            raise AnswerOutsideChoices(message, name=self.name, choices=[1, self.stars])
        return value

    def write(self, answer: int) -> int:
        return answer

    def agree(self, a: int, b: int) -> float:
        """1 minus the distance, in parts of the scale."""
        return 1 - abs(a - b) / max(self.stars - 1, 1)

    def merge(self, answers: Sequence[int]) -> int:
        """The median, the lower one of two."""
        return sorted(answers)[(len(answers) - 1) // 2]


CONTROLS: dict[str, type[Control]] = {"Choices": Choices, "TextArea": TextArea, "Rating": Rating}


def is_storable(text: str) -> bool:
    """True if the text consists of characters: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


def naming(attributes: Attributes) -> dict[str, Any]:
    """The fields that every control takes from its tag."""
    required = attributes.get("required", "false").lower()
    if required not in {"true", "false"}:
        raise MalformedConfig('required is "true" or "false".')
    return {
        "name": attributes.get("name", ""),
        "to_name": attributes.get("toName", ""),
        "required": required == "true",
    }


def whole_number(attributes: Attributes, key: str, *, default: int, limit: int) -> int:
    """The attribute as a number from 1 to `limit`; raises MalformedConfig."""
    text = attributes.get(key, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= limit and len(text) < 9):
        raise MalformedConfig(f"{key} is a whole number from 1 to {limit}.")
    return int(text)
