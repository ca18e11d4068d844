"""What is compared: one of two, or the order of many."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

from labeling.answers.control import Control, Scale, naming
from labeling.answers.objects import List
from labeling.answers.tag import Tag
from labeling.errors import MalformedConfig

SIDES = ("left", "right")
REST = "_"  # the column of what stands in no bucket, in label-studio's results

Ids = tuple[str, ...]
Columns = tuple[tuple[str, Ids], ...]


@dataclass(frozen=True)
class Pairwise(Control):
    """The left or the right one of two objects. Its regions name itself as what they are about."""

    sides: tuple[str, ...] = ()

    tag: ClassVar[str] = "Pairwise"
    type: ClassVar[str] = "pairwise"
    key: ClassVar[str] = "selected"
    scale: ClassVar[Scale] = "nominal"

    @classmethod
    def build(cls, tag: Tag) -> "Pairwise":
        fields = naming(tag)
        sides = tuple(name.strip() for name in fields["to_name"].split(","))
        if len(sides) != 2 or sides[0] == sides[1]:
            raise MalformedConfig("toName of Pairwise is two names: left,right.")
        return cls(**{**fields, "to_name": fields["name"]}, sides=sides)

    @property
    def about_names(self) -> tuple[str, ...]:
        return self.sides

    @property
    def answers_count(self) -> int | None:
        return len(SIDES)

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in SIDES:
            raise self.malformed('selected is "left" or "right".')
        return value

    def write(self, answer: str) -> str:
        return answer

    def agree(self, a: str, b: str) -> float:
        """1 for the same side, else 0."""
        return float(a == b)

    def merge(self, answers: Sequence[str]) -> str:
        """The side most people chose; left on a tie."""
        votes = Counter(answers)
        return max(SIDES, key=lambda side: votes[side])


@dataclass(frozen=True)
class Ranker(Control):
    """The items of a list in order, or sorted into buckets. Answers are columns with their ids.

    Without buckets there is one column, named as the control. Where no bucket is the default one,
    what is left of the list may stand in a column REST.
    """

    buckets: tuple[str, ...] = ()
    has_default: bool = False

    tag: ClassVar[str] = "Ranker"
    type: ClassVar[str] = "ranker"
    children: ClassVar[tuple[str, ...]] = ("Bucket",)
    about = List
    reads_data: ClassVar[bool] = True

    @classmethod
    def build(cls, tag: Tag) -> "Ranker":
        buckets = tuple(child.text("name") for child in tag.children)
        if {"", REST} & set(buckets) or len(set(buckets)) != len(buckets):
            raise MalformedConfig("Each Bucket needs a name of its own.")
        defaults = sum(child.flag("default") for child in tag.children)
        if defaults > 1:
            raise MalformedConfig("One Bucket at most is the default.")
        return cls(**naming(tag), buckets=buckets, has_default=defaults == 1)

    @property
    def is_whole(self) -> bool:
        """True if every item of the list stands in the answer."""
        return not self.buckets or self.has_default

    @property
    def columns(self) -> Ids:
        """Those that every answer has, in order."""
        return self.buckets or (self.name,)

    def read(self, value: Any) -> Columns:
        if not isinstance(value, dict) or not all(map(_is_ids, value.values())):
            raise self.malformed("ranker is an object of columns, each a list of ids.")
        optional = set() if self.is_whole else {REST}
        unknown = value.keys() - {*self.columns} - optional
        if unknown:
            said = repr(min(unknown)[:100])
            raise self.outside("%(said)s is none of the columns.", self.columns, said=said)
        columns = {name: tuple(value.get(name, ())) for name in self.columns}
        if REST in value:
            columns = {REST: tuple(value[REST]), **columns}
        ids = [one for column in columns.values() for one in column]
        if len(set(ids)) != len(ids):
            raise self.malformed("an item stands twice.")
        if len(ids) == len(columns.get(REST, ())) and (self.is_whole or self.required):
            raise self.malformed("no item stands in it.")
        return tuple(columns.items())

    def check(self, answer: Columns, shown: Ids) -> None:
        ids = {one for _, column in answer for one in column}
        unknown = ids.difference(shown)
        if unknown:
            said = repr(min(unknown)[:100])
            raise self.outside("%(said)s is none of the items.", shown, said=said)
        if ids != set(shown) and (self.is_whole or REST in dict(answer)):
            raise self.malformed("an item is left out.")

    def write(self, answer: Columns) -> dict[str, list[str]]:
        return {name: list(ids) for name, ids in answer}

    def agree(self, a: Columns, b: Columns) -> float:
        """A ranking: the share of pairs in the same order, (1 + Kendall's tau) / 2. Buckets: the
        share of what stands in the same bucket, of all that somebody put into one."""
        first, second = _placed(a), _placed(b)
        if not self.buckets:
            return _in_order(first, second)
        moved = first.keys() | second.keys()
        same = sum(first.get(one, ("",))[0] == second.get(one, ("",))[0] for one in moved)
        return same / len(moved) if moved else 1.0

    def merge(self, answers: Sequence[Columns]) -> Columns:
        """Each item stands where most put it (the first column on a tie), ordered by mean place,
        then neighbours swapped until most people want each before the next.

        Borda's count, and the local Kemeny order of Dwork et al.: Rank Aggregation Methods for
        the Web (WWW 2001).
        """
        keeps_rest = sum(REST in dict(answer) for answer in answers) * 2 > len(answers)
        names = (REST, *self.columns) if not self.is_whole else self.columns
        every = [_placed(answer, rest=True) for answer in answers]
        columns: dict[str, list[str]] = {name: [] for name in names}
        for item in sorted({item for placed in every for item in placed}):
            votes = Counter(placed.get(item, (REST, 0))[0] for placed in every)
            columns[max(names, key=lambda name: votes[name])].append(item)
        return tuple(
            (name, _consensus_order(items, name, every))
            for name, items in columns.items()
            if name != REST or keeps_rest
        )


Placed = dict[str, tuple[str, int]]  # item → column and place


def _placed(answer: Columns, *, rest: bool = False) -> Placed:
    return {
        item: (name, place)
        for name, ids in answer
        if rest or name != REST
        for place, item in enumerate(ids)
    }


def _in_order(a: Placed, b: Placed) -> float:
    """The share of pairs of items that stand in the same order in both; missing ones in none."""
    items = sorted(a.keys() | b.keys())
    pairs = list(combinations(items, 2))
    if not pairs:
        return float(a.keys() == b.keys())
    same = sum(
        (a[one] < a[other]) == (b[one] < b[other])
        for one, other in pairs
        if one in a and other in a and one in b and other in b
    )
    return same / len(pairs)


def _consensus_order(items: list[str], column: str, answers: Sequence[Placed]) -> Ids:
    places = {
        item: [placed[item][1] for placed in answers if placed.get(item, ("",))[0] == column]
        for item in items
    }
    order = sorted(items, key=lambda item: (sum(places[item]) / max(len(places[item]), 1), item))

    def wanted_before(one: str, other: str) -> int:
        """How many more want `one` before `other` than the other way round."""
        both = [
            (placed[one][1], placed[other][1])
            for placed in answers
            if placed.get(one, ("",))[0] == placed.get(other, (" ",))[0] == column
        ]
        return sum(first < second for first, second in both) * 2 - len(both)

    return tuple(_settled(order, wanted_before))


def _settled(order: list[str], wanted_before: Any) -> list[str]:
    """Insertion: each item moves forward while most want it before the one in front of it."""
    settled: list[str] = []
    for item in order:
        place = len(settled)
        while place and wanted_before(item, settled[place - 1]) > 0:
            place -= 1
        settled.insert(place, item)
    return settled


def _is_ids(ids: Any) -> bool:
    return isinstance(ids, list) and all(isinstance(one, str) for one in ids)
