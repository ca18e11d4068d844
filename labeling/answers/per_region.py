"""What is asked of each region that another control marked: `perRegion="true"`.

In label-studio's results such an answer carries the id of its region and repeats its place.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from labeling.answers import overlap
from labeling.answers.control import Control, Region
from labeling.answers.regions.marks import REGIONS_LIMIT, Groups
from labeling.errors import AnswerHidden, RegionMissing


@dataclass(frozen=True, order=True)
class Of:
    """A region of a control: what an answer is about."""

    control: str
    region: Any

    @property
    def label(self) -> str:
        return self.region.label


@dataclass(frozen=True)
class Located:
    """A region as an answer has it: the object it is on, and how its place is written."""

    of: Of
    to_name: str
    place: Region


Answered = tuple[tuple[Of, Any], ...]
Asked = Callable[[Of], bool]


@dataclass(frozen=True)
class PerRegion(Control):
    """A control that asks of each region. Answers are pairs of a region and the answer, in order.

    A required one has an answer for every region of which it is asked.
    """

    asked: Control

    @property
    def type(self) -> str:  # type: ignore[override]
        return self.asked.type

    @property
    def reads_data(self) -> bool:  # type: ignore[override]
        return self.asked.reads_data

    regions_limit = REGIONS_LIMIT

    def answer_of(
        self,
        regions: Sequence[Region],
        located: Mapping[Any, Located],
        *,
        is_asked: Asked,
        shown: Any = None,
    ) -> Answered:
        """The answers by region; raises MalformedAnswer, RegionMissing, AnswerHidden.

        `located` are the regions of the whole answer by id.
        """
        found: dict[Of, Any] = {}
        for region in regions:
            place = located.get(region.get("id"))
            if place is None or place.to_name != self.to_name:
                raise self.malformed("there is no region of its id.", RegionMissing)
            if not is_asked(place.of):
                raise self.malformed("not asked of this region.", AnswerHidden)
            if place.of in found:
                raise self.malformed("answered twice for one region.")
            found[place.of] = self.asked.answer([self._bare(region, place.place)], shown=shown)
        if self.required:
            for place in located.values():
                if place.to_name == self.to_name and place.of not in found and is_asked(place.of):
                    raise self.malformed("an answer is required for every region.")
        return tuple(sorted(found.items()))

    def _bare(self, region: Region, place: Region) -> Region:
        """The region without its place, which is the one that its region has."""
        value, own = region.get("value"), self.asked.key or self.asked.type
        if not isinstance(value, dict):
            raise self.malformed("value is an object.")
        repeated = {key: one for key, one in value.items() if key in place["value"] and key != own}
        beside = {key: one for key, one in region.items() if key in place and key != "value"}
        if any(place["value"][key] != one for key, one in repeated.items()) or any(
            place[key] != one for key, one in beside.items()
        ):
            raise self.malformed("it lies elsewhere than its region.")
        return {**region, "value": {key: one for key, one in value.items() if key not in repeated}}

    def regions_of(self, answer: Answered, located: Mapping[Of, Region]) -> Iterator[Region]:
        """The regions of an answer, each with the id and the place of its region."""
        for of, said in answer:
            place = located[of]
            for region in self.asked.regions(said):
                yield {**place, "value": {**place["value"], **region["value"]}}

    def agree(self, a: Answered, b: Answered) -> float:
        """Twice the agreement about regions that both marked, by the number of all answers."""
        if not a and not b:
            return 1.0
        first, second = _by_control(a), _by_control(b)
        alike = [
            self.asked.agree(first[name][one], second[name][other])
            for name in sorted(first.keys() & second.keys())
            for one, other in overlap.matches(first[name], second[name])
        ]
        return 2 * fsum(alike) / (len(a) + len(b))

    def merge_of(
        self, groups: Mapping[str, Groups], answers: Sequence[Answered], *, is_asked: Asked
    ) -> Answered:
        """The answers about the merged regions (by control): what those said who marked each, if
        half of them said something, or if it is required."""
        said = [dict(answer) for answer in answers]
        merged: dict[Of, Any] = {}
        for name, groups_of_one in groups.items():
            for region, members in groups_of_one.items():
                given = list(_given(said, name, members))
                enough = len(given) * 2 >= len(members) or self.required
                if given and enough and is_asked(Of(name, region)):
                    merged[Of(name, region)] = self.asked.merge(given)
        return tuple(sorted(merged.items()))


def _by_control(answer: Answered) -> dict[str, dict[Any, Any]]:
    """What was said of each region, by the control that marked it."""
    found: dict[str, dict[Any, Any]] = defaultdict(dict)
    for of, said in answer:
        found[of.control][of.region] = said
    return found


def _given(
    said: Sequence[Mapping[Of, Any]], name: str, members: Collection[tuple[int, Any]]
) -> Iterator[Any]:
    for number, region in members:
        answer = said[number].get(Of(name, region))
        if answer is not None:
            yield answer
