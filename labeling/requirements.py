"""Expressions over skills, such as `french >= 80 and not spammer or (medical and images >= 60)`.

    either     = both { "or" both }
    both       = one { "and" one }
    one        = "not" one | "(" either ")" | skill [ comparison number ]
    comparison = ">=" | ">" | "<=" | "<" | "==" | "!="

A bare skill means to have it, at whatever value; numbers are whole and from 0 to 100. To compare a
skill is to have it: without `french` neither `french < 50` nor `french != 50` is met, while
`not french` is. An empty text asks for nothing. Pure Python; depth and length have limits.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from labeling.errors import MalformedRequirement

TEXT_CHARACTERS = 1000
DEPTH_LIMIT = 20  # parentheses and nots within each other
SKILL_CHARACTERS = 60
VALUE_LIMIT = 100

WORDS = frozenset(["and", "or", "not"])
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
IN_WORDS = {
    ">=": "at least {}",
    ">": "more than {}",
    "<=": "at most {}",
    "<": "less than {}",
    "==": "exactly {}",
    "!=": "any value but {}",
}

Values: TypeAlias = Mapping[str, int]


# --- What an expression is made of ----------------------------------------------------------


@dataclass(frozen=True)
class Holds:
    """To have a skill, at a value if there is a comparison."""

    skill: str
    comparison: str = ""
    number: int = 0

    def __str__(self) -> str:
        return f"{self.skill} {self.comparison} {self.number}" if self.comparison else self.skill

    def met_by(self, values: Values) -> bool:
        value = values.get(self.skill)
        if value is None or not self.comparison:
            return value is not None
        return COMPARISONS[self.comparison](value, self.number)

    @property
    def in_words(self) -> str:
        if not self.comparison:
            return self.skill
        return f"{self.skill} of {IN_WORDS[self.comparison].format(self.number)}"


@dataclass(frozen=True)
class Not:
    """The contrary."""

    part: "Expression"

    def __str__(self) -> str:
        return f"not {_enclosed(self.part, All, Any)}"

    def met_by(self, values: Values) -> bool:
        return not self.part.met_by(values)

    @property
    def in_words(self) -> str:
        return f"no {self.part.in_words}"


@dataclass(frozen=True)
class All:
    """Every part: two or more."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " and ".join(_enclosed(part, All, Any) for part in self.parts)

    def met_by(self, values: Values) -> bool:
        return all(part.met_by(values) for part in self.parts)

    @property
    def in_words(self) -> str:
        return " and ".join(_grouped(part, Any) for part in self.parts)


@dataclass(frozen=True)
class Any:
    """One part at least, of two or more."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " or ".join(_enclosed(part, Any) for part in self.parts)

    def met_by(self, values: Values) -> bool:
        return any(part.met_by(values) for part in self.parts)

    @property
    def in_words(self) -> str:
        return " or ".join(_grouped(part, All) for part in self.parts)


Expression: TypeAlias = Holds | Not | All | Any


def _enclosed(part: Expression, *kinds: type) -> str:
    return f"({part})" if isinstance(part, kinds) else str(part)


def _grouped(part: Expression, kind: type) -> str:
    return f"({part.in_words})" if isinstance(part, kind) else part.in_words


# --- The requirement ------------------------------------------------------------------------


@dataclass(frozen=True)
class Requirement:
    """What a project asks for; `str()` gives a text that parses to the same."""

    expression: Expression | None = None

    def __str__(self) -> str:
        return "" if self.expression is None else str(self.expression)

    def met_by(self, values: Values) -> bool:
        """True if somebody with these skills has what is asked for."""
        return self.expression is None or self.expression.met_by(values)

    @property
    def skills(self) -> set[str]:
        """The skills that it speaks of."""
        return {held.skill for held in _held_in(self.expression)}

    @property
    def in_words(self) -> str:
        """Such as `french of at least 80 and no spammer`; empty when nothing is asked."""
        return "" if self.expression is None else _plain(self.expression).in_words

    def missing(self, values: Values) -> list[str]:
        """What somebody with these skills lacks, a sentence each; empty when it is met."""
        if self.expression is None:
            return []
        return list(dict.fromkeys(_lacking(_plain(self.expression), values)))


def _held_in(expression: Expression | None) -> Iterator[Holds]:
    if isinstance(expression, Holds):
        yield expression
    elif isinstance(expression, Not):
        yield from _held_in(expression.part)
    elif expression is not None:
        for part in expression.parts:
            yield from _held_in(part)


def _plain(expression: Expression, *, is_denied: bool = False) -> Expression:
    """The same with `not` before single skills only (De Morgan): that can be said in words."""
    if isinstance(expression, Holds):
        return Not(expression) if is_denied else expression
    if isinstance(expression, Not):
        return _plain(expression.part, is_denied=not is_denied)
    parts = tuple(_plain(part, is_denied=is_denied) for part in expression.parts)
    return All(parts) if isinstance(expression, All) != is_denied else Any(parts)


def _lacking(expression: Expression, values: Values) -> Iterator[str]:
    if expression.met_by(values):
        return
    if isinstance(expression, All):
        for part in expression.parts:
            yield from _lacking(part, values)
    elif isinstance(expression, Any):
        yield f"You need one of these: {'; '.join(part.in_words for part in expression.parts)}."
    elif isinstance(expression, Not):
        yield f"This is for people who have no {expression.part.in_words}."
    elif expression.comparison and expression.skill in values:
        yield f"You need {expression.in_words}; yours is {values[expression.skill]}."
    else:
        yield f"You need {expression.in_words}."


# --- From text ------------------------------------------------------------------------------

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z0-9-]+)|(?P<mark>[()]|>=|<=|==|!=|>|<)|(?P<odd>\S))")


def is_skill(text: str) -> bool:
    """True if an expression can speak of a skill by this name."""
    return (
        len(text) <= SKILL_CHARACTERS
        and NAME.fullmatch(text) is not None
        and not text.isdigit()
        and text not in WORDS
    )


def parse(text: str) -> Requirement:
    """The requirement; raises MalformedRequirement, whose `data` has the position, from 1 on."""
    if len(text) > TEXT_CHARACTERS:
        raise MalformedRequirement(
            f"A requirement has at most {TEXT_CHARACTERS} characters.", position=TEXT_CHARACTERS + 1
        )
    return _Reader(text).requirement()


@dataclass(frozen=True)
class _Token:
    """`kind`: word, mark, or end. Words of the language are in small letters."""

    kind: str
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    for found in TOKEN.finditer(text):
        kind, position = found.lastgroup or "", found.start(found.lastgroup or 0) + 1
        written = found[kind]
        if kind == "odd":
            hint = "; is == meant?" if written == "=" else ""
            raise _malformed(position, f"{written!r} has no meaning here{hint}")
        is_word = written.lower() in WORDS
        yield _Token(kind, written.lower() if is_word else written, position)
    yield _Token("end", "", len(text) + 1)


def _malformed(position: int, what: str) -> MalformedRequirement:
    return MalformedRequirement(f"At character {position}: {what}.", position=position)


class _Reader:
    """Reads an expression from left to right, with an eye on the next token."""

    def __init__(self, text: str) -> None:
        self._rest = _tokens(text)
        self._next = next(self._rest)

    def requirement(self) -> Requirement:
        if self._next.kind == "end":
            return Requirement()
        expression = self._either(depth=0)
        if self._next.kind != "end":
            raise self._unexpected("and, or, or the end")
        return Requirement(expression)

    def _either(self, *, depth: int) -> Expression:
        parts = [self._both(depth=depth)]
        while self._next.text == "or":
            self._take()
            parts.append(self._both(depth=depth))
        return Any(tuple(parts)) if len(parts) > 1 else parts[0]

    def _both(self, *, depth: int) -> Expression:
        parts = [self._one(depth=depth)]
        while self._next.text == "and":
            self._take()
            parts.append(self._one(depth=depth))
        return All(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self, *, depth: int) -> Expression:
        if depth > DEPTH_LIMIT:
            raise _malformed(self._next.position, f"more than {DEPTH_LIMIT} levels are too deep")
        if self._next.text == "not":
            self._take()
            return Not(self._one(depth=depth + 1))
        if self._next.text == "(":
            opened = self._take()
            inner = self._either(depth=depth + 1)
            if self._next.text != ")":
                raise self._unexpected(f"the ) to the ( at character {opened.position}")
            self._take()
            return inner
        return self._holds()

    def _holds(self) -> Holds:
        if not is_skill(self._next.text):
            raise self._unexpected("a skill such as french, in small letters")
        held = Holds(self._take().text)
        if self._next.text not in COMPARISONS:
            return held
        return replace(held, comparison=self._take().text, number=self._number())

    def _number(self) -> int:
        written = self._next.text
        # compared by length first: Python refuses to read a number of thousands of digits
        if not written.isdigit() or len(written) > 3 or int(written) > VALUE_LIMIT:
            raise self._unexpected(f"a whole number from 0 to {VALUE_LIMIT}")
        return int(self._take().text)

    def _take(self) -> _Token:
        taken = self._next
        self._next = next(self._rest, taken)
        return taken

    def _unexpected(self, wanted: str) -> MalformedRequirement:
        found = f"not {self._next.text}" if self._next.text else "but the text ends"
        return _malformed(self._next.position, f"{wanted} is expected, {found}")
