"""Expressions over skills, such as `french >= 80 and not spammer or (medical and images >= 60)`.

    either     = both { "or" both }
    both       = one { "and" one }
    one        = "not" one | "(" either ")" | skill [ comparison number ]
    comparison = ">=" | ">" | "<=" | "<" | "==" | "!="

A bare skill means to have it, at whatever value; numbers are whole and from 0 to 100. To compare a
skill is to have it: without `french` neither `french < 50` nor `french != 50` is met, while
`not french` is. An empty text asks for nothing. Depth and length have limits.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.errors import MalformedRequirement
from people import locales

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
    ">=": gettext_lazy("%(skill)s of at least %(number)s"),
    ">": gettext_lazy("%(skill)s of more than %(number)s"),
    "<=": gettext_lazy("%(skill)s of at most %(number)s"),
    "<": gettext_lazy("%(skill)s of less than %(number)s"),
    "==": gettext_lazy("%(skill)s of exactly %(number)s"),
    "!=": gettext_lazy("%(skill)s of any value but %(number)s"),
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
        return IN_WORDS[self.comparison] % {"skill": self.skill, "number": self.number}


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
        return _("no %(skill)s") % {"skill": self.part.in_words}


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
        return locales.both([_grouped(part, Any) for part in self.parts])


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
        return locales.either([_grouped(part, All) for part in self.parts])


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
        return {held.skill for held in held_in(self.expression)}

    @property
    def in_words(self) -> str:
        """Such as `french of at least 80 and no spammer`; empty when nothing is asked."""
        return "" if self.expression is None else _plain(self.expression).in_words

    def missing(self, values: Values) -> list[str]:
        """What somebody with these skills lacks, a sentence each; empty when it is met."""
        if self.expression is None:
            return []
        return list(dict.fromkeys(_lacking(_plain(self.expression), values)))


def held_in(expression: Expression | None) -> Iterator[Holds]:
    """Every mention of a skill, from left to right."""
    if isinstance(expression, Holds):
        yield expression
    elif isinstance(expression, Not):
        yield from held_in(expression.part)
    elif expression is not None:
        for part in expression.parts:
            yield from held_in(part)


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
        skills = "; ".join(part.in_words for part in expression.parts)
        yield _("You need one of these: %(skills)s.") % {"skills": skills}
    elif isinstance(expression, Not):
        skill = expression.part.in_words
        yield _("This is for people who have no %(skill)s.") % {"skill": skill}
    elif expression.comparison and expression.skill in values:
        known = {"skill": expression.in_words, "value": values[expression.skill]}
        yield _("You need %(skill)s; yours is %(value)s.") % known
    else:
        yield _("You need %(skill)s.") % {"skill": expression.in_words}


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
            "A requirement has at most %(limit)s characters.",
            limit=TEXT_CHARACTERS,
            position=TEXT_CHARACTERS + 1,
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
            what = _("%(text)s has no meaning here; is == meant?")
            if written != "=":
                what = _("%(text)s has no meaning here")
            raise _malformed(position, what % {"text": repr(written)})
        is_word = written.lower() in WORDS
        yield _Token(kind, written.lower() if is_word else written, position)
    yield _Token("end", "", len(text) + 1)


def _malformed(position: int, what: str) -> MalformedRequirement:
    sentence = _("At character %(position)s: %(what)s.")
    return MalformedRequirement(sentence % {"position": position, "what": what}, position=position)


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
            raise self._unexpected(_("and, or, or the end"))
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
            what = _("more than %(limit)s levels are too deep") % {"limit": DEPTH_LIMIT}
            raise _malformed(self._next.position, what)
        if self._next.text == "not":
            self._take()
            return Not(self._one(depth=depth + 1))
        if self._next.text == "(":
            opened = self._take()
            inner = self._either(depth=depth + 1)
            if self._next.text != ")":
                wanted = _("the ) to the ( at character %(position)s")
                raise self._unexpected(wanted % {"position": opened.position})
            self._take()
            return inner
        return self._holds()

    def _holds(self) -> Holds:
        if not is_skill(self._next.text):
            raise self._unexpected(_("a skill such as french, in small letters"))
        held = Holds(self._take().text)
        if self._next.text not in COMPARISONS:
            return held
        return replace(held, comparison=self._take().text, number=self._number())

    def _number(self) -> int:
        written = self._next.text
        # compared by length first: Python refuses to read a number of thousands of digits
        if not written.isdigit() or len(written) > 3 or int(written) > VALUE_LIMIT:
            wanted = _("a whole number from 0 to %(limit)s")
            raise self._unexpected(wanted % {"limit": VALUE_LIMIT})
        return int(self._take().text)

    def _take(self) -> _Token:
        taken = self._next
        self._next = next(self._rest, taken)
        return taken

    def _unexpected(self, wanted: str) -> MalformedRequirement:
        what = _("%(wanted)s is expected, but the text ends")
        if self._next.text:
            what = _("%(wanted)s is expected, not %(found)s")
        return _malformed(self._next.position, what % {"wanted": wanted, "found": self._next.text})
