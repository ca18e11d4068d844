"""Days, months, years and times of day."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from labeling.answers.control import Control, naming
from labeling.answers.tag import Tag
from labeling.errors import MalformedConfig

# What `only` asks for: the format where none is given, what it must tell, and what the least and
# the most are compared with.
KINDS = {
    frozenset({"date", "time"}): ("%Y-%m-%dT%H:%M", "YmdHM", "%Y-%m-%d"),
    frozenset({"date"}): ("%Y-%m-%d", "Ymd", "%Y-%m-%d"),
    frozenset({"time"}): ("%H:%M", "HM", "%H:%M"),
    frozenset({"month", "year"}): ("%Y-%m-%d", "Ym", "%Y"),
    frozenset({"year"}): ("%Y-%m-%d", "Y", "%Y"),
}
DIRECTIVES = set("YmdHMS%")
DIRECTIVE = re.compile(r"%(.?)")
YEARS = (1000, 9999)
UNIT_SECONDS = {"%H:%M": 3600, "%Y-%m-%d": 86_400}  # an hour, a day


@dataclass(frozen=True)
class DateTime(Control):
    """A moment, or the part of it that `only` names, in the format. Answers are its text."""

    format: str = "%Y-%m-%dT%H:%M"
    bounded_by: str = "%Y-%m-%d"
    least: str = ""
    most: str = ""

    tag: ClassVar[str] = "DateTime"
    type: ClassVar[str] = "datetime"

    @classmethod
    def build(cls, tag: Tag) -> "DateTime":
        default, told, bounded_by = _kind(tag)
        written = tag.text("format") if told != "HM" else ""  # a time is never formatted
        return cls(
            **naming(tag),
            format=_format(written, told) if written else default,
            bounded_by=bounded_by,
            least=_bound(tag, "min", bounded_by),
            most=_bound(tag, "max", bounded_by),
        )

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.malformed("datetime is a text.")
        try:
            moment = self.moment(value)
        except ValueError:
            moment = None
        in_range = moment is not None and (
            self.bounded_by == "%H:%M" or YEARS[0] <= moment.year <= YEARS[1]
        )
        if moment is None or not in_range or moment.strftime(self.format) != value:
            raise self.malformed(
                "%(value)s is no moment written as %(format)s.",
                value=repr(value[:50]),
                format=self.format,
            )
        told = moment.strftime(self.bounded_by)
        if told < self.least or (self.most and told > self.most):
            raise self.outside("not between min and max.", [self.least, self.most])
        return value

    def moment(self, answer: str) -> datetime:
        """The first moment that the answer means; raises ValueError."""
        return datetime.strptime(answer, self.format)

    def write(self, answer: str) -> str:
        return answer

    def agree(self, a: str, b: str) -> float:
        """1 / (1 + 2 × the distance): half for half a day, hour, or year, whatever is asked."""
        return 1 / (1 + 2 * self._distance(self.moment(a), self.moment(b)))

    def _distance(self, a: datetime, b: datetime) -> float:
        if self.bounded_by in UNIT_SECONDS:
            return abs((a - b).total_seconds()) / UNIT_SECONDS[self.bounded_by]
        return abs((a.year - b.year) + (a.month - b.month) / 12)

    def merge(self, answers: Sequence[str]) -> str:
        """What more than half said, else the median, the earlier one of two."""
        (most_said, count), *_ = Counter(sorted(answers)).most_common(1)
        if count * 2 > len(answers):
            return most_said
        ordered = sorted(answers, key=lambda answer: (self.moment(answer), answer))
        return ordered[(len(ordered) - 1) // 2]


def _kind(tag: Tag) -> tuple[str, str, str]:
    """The entry of KINDS that the tag means; a date has its month and year already."""
    parts = {part.strip() for part in tag.text("only").split(",")} - {""}
    if "date" in parts:
        parts -= {"month", "year"}
    found = KINDS.get(frozenset(parts or {"date", "time"}))
    if found is None:
        raise MalformedConfig("only is one of: date and time, date, time, month and year, or year.")
    return found


def _format(written: str, told: str) -> str:
    """The format, if it is known here and tells all that is asked for."""
    directives = set(DIRECTIVE.findall(written))
    if not set(told) <= directives <= DIRECTIVES:
        raise MalformedConfig(
            "format=%(format)s is not known, or does not tell all that is asked.",
            format=repr(written[:50]),
        )
    return written


def _bound(tag: Tag, key: str, bounded_by: str) -> str:
    written = tag.text(key)
    if not written:
        return ""
    text = written[:4] if bounded_by == "%Y" else written
    try:
        moment = datetime.strptime(text, bounded_by)
    except ValueError:
        moment = None
    if moment is None or moment.strftime(bounded_by) != text:
        raise MalformedConfig(
            "%(key)s=%(value)s is not written as %(format)s.",
            key=key,
            value=repr(written[:50]),
            format=bounded_by,
        )
    return text
