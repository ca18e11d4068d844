"""What all controls share that mark parts of an object."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median_low
from typing import Any, ClassVar, TypeVar

from labeling.answers import overlap
from labeling.answers.control import Control, Region, naming, options
from labeling.answers.tag import Option, Tag

REGIONS_LIMIT = 300  # of one control in one answer: comparing answers takes its square
OFFSET_LIMIT = 2**53  # as far as a browser counts
NAMING_KEYS = {"id", "from_name", "to_name", "type", "origin", "score", "readonly", "hidden"}

C = TypeVar("C", bound="Marks")
Groups = dict[Any, list[tuple[int, Any]]]  # merged region → the answers' numbers and regions


@dataclass(frozen=True)
class Marks(Control):
    """Regions, each with one of the labels. `labels` are the results: aliases where there are."""

    options: tuple[Option, ...] = ()

    children: ClassVar[tuple[str, ...]] = ("Label",)
    regions_limit: ClassVar[int] = REGIONS_LIMIT
    may_be_empty: ClassVar[bool] = True

    @classmethod
    def build(cls: type[C], tag: Tag) -> C:
        tag.refuse(choice="single", allowEmpty="false", maxUsages="")
        for label in tag.children:
            label.refuse(maxUsages="")
        return cls(**naming(tag), options=options(tag))

    @property
    def labels(self) -> tuple[str, ...]:
        """The results, in the order written."""
        return tuple(option.result for option in self.options)

    def answer(self, regions: Sequence[Region], *, shown: Any = None) -> tuple[Any, ...]:
        found = sorted(self.read_region(region, shown) for region in regions)
        if len({(one.label, one.place) for one in found}) < len(found):
            raise self.malformed("the same region twice.")
        return tuple(found)

    def regions(self, answer: tuple[Any, ...]) -> list[Region]:
        return [self.write_region(region) for region in answer]

    def agree(self, a: tuple[Any, ...], b: tuple[Any, ...]) -> float:
        """Panoptic quality: twice the IoU of matched regions by the number of all."""
        return overlap.agreement(a, b)

    def merge(self, answers: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
        """The regions that more than half of the answers have, with the label most gave and the
        median of each edge; required: at least the region that most have."""
        return tuple(sorted(self.groups(answers)))

    def groups(self, answers: Sequence[tuple[Any, ...]]) -> Groups:
        """The merged regions, each with those that it was merged from."""
        found = overlap.clusters(answers)
        kept = [group for group in found if len(group) * 2 > len(answers)]
        if self.required and not kept:
            kept = [max(found, key=len)]
        groups: Groups = {}
        for group in kept:
            members = sorted(group.values())
            merged = self.joined(members, self._majority(members))
            groups.setdefault(merged, []).extend(sorted(group.items()))
        return groups

    def _majority(self, group: Sequence[Any]) -> str:
        """The label most gave; of equals the one listed first."""
        votes = Counter(region.label for region in group)
        return max(self.labels, key=lambda label: votes[label])

    def place(self, region: Region) -> Region:
        """What a written region says of where it is: all but its names and its label."""
        value = {key: one for key, one in region["value"].items() if key != self.type}
        beside = {key: one for key, one in region.items() if key not in {*NAMING_KEYS, "value"}}
        return {**beside, "value": value}

    def read_region(self, region: Region, shown: Any) -> Any:
        """The region, checked against what was shown; raises MalformedAnswer."""
        raise NotImplementedError

    def write_region(self, region: Any) -> Region:
        """The inverse of `read_region`."""
        raise NotImplementedError

    def joined(self, group: Sequence[Any], label: str) -> Any:
        """The region in the middle of a group, which is sorted."""
        raise NotImplementedError

    def _value(self, region: Region, keys: set[str], *, optional: frozenset[str]) -> dict[str, Any]:
        value = region.get("value")
        wanted = {*keys, self.type}
        if not isinstance(value, dict) or value.keys() - optional != wanted:
            raise self.malformed("value has the keys %(keys)s.", keys=", ".join(sorted(wanted)))
        return value

    def _label(self, value: dict[str, Any]) -> str:
        given = value[self.type]
        if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], str):
            raise self.malformed("%(type)s is a list of one label.", type=self.type)
        if given[0] not in self.labels:
            said = repr(given[0][:100])
            raise self.outside("%(said)s is none of the labels.", self.labels, said=said)
        return given[0]


class Aligned:
    """A region with straight edges: an interval on each of its axes."""

    @property
    def axes(self) -> overlap.Axes:
        """From where to where, on each axis."""
        raise NotImplementedError

    @property
    def place(self) -> overlap.Axes:
        return self.axes

    @classmethod
    def shares(
        cls, ones: Sequence[Any], others: Sequence[Any], *, answers: int = 2
    ) -> overlap.Shares:
        return overlap.Straight.of([one.axes for one in ones], [one.axes for one in others])


def is_offset(number: Any) -> bool:
    """True for a whole number from 0 on, below OFFSET_LIMIT."""
    is_whole = isinstance(number, int) and not isinstance(number, bool)
    return is_whole and 0 <= number < OFFSET_LIMIT


def medoid(group: Sequence[Any]) -> Any:
    """The region that has most in common with all of a group, which is sorted."""
    if len(group) < 3:
        return group[0]
    shares, count = group[0].shares(group, group), len(group)
    support = [
        fsum(shares.share(one, other) for other in range(count) if one != other)
        for one in range(count)
    ]
    return group[support.index(max(support))]


def medians(group: Sequence[Any], *edges: str) -> list[int]:
    """The median of each of these edges, the lower one of two."""
    return [median_low(getattr(region, edge) for region in group) for edge in edges]
