"""Free text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import fsum
from typing import Any, ClassVar

from labeling.answers.control import Control, naming
from labeling.answers.tag import Tag

TEXT_LIMIT = 50_000  # characters of one text in an answer
COMPARED_CHARACTERS = 2_000  # of each text when two are compared
SHORT_CHARACTERS = 40  # texts up to this are compared character by character
SUBMISSIONS_LIMIT = 20


@dataclass(frozen=True)
class TextArea(Control):
    """Free text, up to `maxSubmissions` of them. Answers are tuples of texts."""

    submissions_limit: int = 1

    tag: ClassVar[str] = "TextArea"
    type: ClassVar[str] = "textarea"
    key: ClassVar[str] = "text"

    @classmethod
    def build(cls, tag: Tag) -> "TextArea":
        limit = tag.whole("maxSubmissions", default=1, limit=SUBMISSIONS_LIMIT)
        return cls(**naming(tag), submissions_limit=limit)

    def read(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self.malformed("text is a list of texts.")
        if not 1 <= len(value) <= self.submissions_limit:
            raise self.malformed("1 to %(limit)s texts.", limit=self.submissions_limit)
        for text in value:
            self._check(text)
        return tuple(value)

    def _check(self, text: str) -> None:
        if not text.strip():
            raise self.malformed("the text is empty.")
        if len(text) > TEXT_LIMIT:
            raise self.malformed("more than %(limit)s characters.", limit=TEXT_LIMIT)
        if not is_storable(text):
            raise self.malformed("the text holds no characters.")

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


def is_storable(text: str) -> bool:
    """True if the text consists of characters: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text)
