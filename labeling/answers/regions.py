"""What marks parts of an object: spans of a text and boxes on an image, any number a control.

Answers are tuples of regions in order; the empty one says that there is nothing to mark, which
label-studio writes as a result without regions. To add a control: subclass `Marks`, write its
four methods, and put it into `CONTROLS`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median_low
from typing import Any, ClassVar, TypeVar

from labeling.answers import overlap
from labeling.answers.controls import Attributes, Control, Region, is_storable, naming
from labeling.answers.objects import Image, Text
from labeling.errors import AnswerOutsideChoices, MalformedAnswer, MalformedConfig

REGIONS_LIMIT = 300  # of one control in one answer: comparing answers takes its square
PERCENT = 1_000_000  # steps a percent: edges are whole numbers, so that they are the same or not
WHOLE = 100 * PERCENT
ROUNDING = 2  # steps that a box may lie outside the image by the rounding of its sides
SIDE_LIMIT = 1_000_000  # pixels of an image

C = TypeVar("C", bound="Marks")


@dataclass(frozen=True, order=True)
class Span:
    """A piece of a text, with the offset behind its last character as `end`.

    Offsets count Unicode code points, as Python does; JavaScript's count UTF-16 units.
    """

    start: int
    end: int
    label: str
    text: str

    @property
    def axes(self) -> overlap.Axes:
        return ((self.start, self.end),)


@dataclass(frozen=True, order=True)
class Box:
    """An upright rectangle, its edges in steps of the image's sides: 0 to WHOLE.

    `pixels` are the image's width and height where the answer told them, else 0.
    """

    left: int
    top: int
    right: int
    bottom: int
    label: str
    pixels: tuple[int, int] = (0, 0)

    @property
    def axes(self) -> overlap.Axes:
        return ((self.left, self.right), (self.top, self.bottom))


@dataclass(frozen=True)
class Marks(Control):
    """Regions, each with one of the labels."""

    labels: tuple[str, ...] = ()

    child: ClassVar[str | None] = "Label"
    regions_limit: ClassVar[int] = REGIONS_LIMIT
    may_be_empty: ClassVar[bool] = True

    @classmethod
    def build(cls: type[C], attributes: Attributes, children: Sequence[Attributes]) -> C:
        mode = attributes.get("choice", "single")
        if mode != "single":
            raise MalformedConfig(f"choice={mode!r} is not known: a region has a single label.")
        labels = tuple(child.get("value", "").strip() for child in children)
        if not labels or "" in labels or len(set(labels)) != len(labels):
            raise MalformedConfig(f"{cls.__name__} needs Label tags, each with a value of its own.")
        return cls(**naming(attributes), labels=labels)

    def answer(self, regions: Sequence[Region], *, shown: str | None = None) -> tuple[Any, ...]:
        found = sorted(self.read_region(region, shown) for region in regions)
        if len({(one.label, one.axes) for one in found}) < len(found):
            raise MalformedAnswer(f"{self.name}: the same region twice.", name=self.name)
        return tuple(found)

    def regions(self, answer: tuple[Any, ...]) -> list[Region]:
        return [self.write_region(region) for region in answer]

    def agree(self, a: tuple[Any, ...], b: tuple[Any, ...]) -> float:
        """Panoptic quality: twice the IoU of matched regions by the number of all."""
        return overlap.agreement(a, b)

    def merge(self, answers: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
        """The regions that more than half of the answers have, with the label most gave and the
        median of each edge; required: at least the region that most have."""
        groups = overlap.clusters(answers)
        kept = [group for group in groups if len(group) * 2 > len(answers)]
        if self.required and not kept:
            kept = [max(groups, key=len)]
        return tuple(sorted({self.joined(group, self._majority(group)) for group in kept}))

    def _majority(self, group: Sequence[Any]) -> str:
        """The label most gave; of equals the one listed first."""
        votes = Counter(region.label for region in group)
        return max(self.labels, key=lambda label: votes[label])

    def read_region(self, region: Region, shown: str | None) -> Any:
        """The region, checked against the text shown; raises MalformedAnswer."""
        raise NotImplementedError

    def write_region(self, region: Any) -> Region:
        """The inverse of `read_region`."""
        raise NotImplementedError

    def joined(self, group: Sequence[Any], label: str) -> Any:
        """The region in the middle of a group."""
        raise NotImplementedError

    def _value(self, region: Region, keys: set[str], *, optional: frozenset[str]) -> dict[str, Any]:
        value = region.get("value")
        if not isinstance(value, dict) or value.keys() - optional != keys:
            message = f"{self.name}: value has the keys {', '.join(sorted(keys))}."
            raise MalformedAnswer(message, name=self.name)
        return value

    def _label(self, value: dict[str, Any]) -> str:
        given = value[self.type]
        if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], str):
            message = f"{self.name}: {self.type} is a list of one label."
            raise MalformedAnswer(message, name=self.name)
        if given[0] not in self.labels:
            raise AnswerOutsideChoices(
                f"{self.name}: {given[0][:100]!r} is none of the labels.",
                name=self.name,
                choices=list(self.labels),
            )
        return given[0]


@dataclass(frozen=True)
class Labels(Marks):
    """Spans of a text. `value` is {"start", "end", "text", "labels"}."""

    type: ClassVar[str] = "labels"
    about = Text
    reads_text: ClassVar[bool] = True

    def read_region(self, region: Region, shown: str | None) -> Span:
        value = self._value(region, {"start", "end", "text", "labels"}, optional=frozenset())
        start, end, text = value["start"], value["end"], value["text"]
        if not _is_whole(start) or not _is_whole(end) or not 0 <= start < end:
            message = f"{self.name}: start and end are offsets, the end behind the start."
            raise MalformedAnswer(message, name=self.name)
        if not isinstance(text, str) or len(text) != end - start or not is_storable(text):
            message = f"{self.name}: text is what stands there, offsets count code points."
            raise MalformedAnswer(message, name=self.name)
        if shown is not None and shown[start:end] != text:
            message = f"{self.name}: the text shown from {start} to {end} is another."
            raise MalformedAnswer(message, name=self.name)
        return Span(start, end, self._label(value), text)

    def write_region(self, region: Span) -> Region:
        value = {"start": region.start, "end": region.end, "text": region.text}
        return {"value": {**value, "labels": [region.label]}}

    def joined(self, group: Sequence[Span], label: str) -> Span:
        """All spans of a group overlap one of them, so each place between was in some span."""
        start = median_low(span.start for span in group)
        end = median_low(span.end for span in group)
        letters: dict[int, str] = {}
        for span in group:
            letters |= enumerate(span.text, span.start)
        return Span(start, end, label, "".join(letters[place] for place in range(start, end)))


@dataclass(frozen=True)
class RectangleLabels(Marks):
    """Boxes on an image. `value` is {"x", "y", "width", "height", "rotation", "rectanglelabels"}.

    The numbers are percent of the image's sides; beside the value may stand original_width and
    original_height in pixels. Boxes are upright: `rotation` and `image_rotation` are 0.
    """

    type: ClassVar[str] = "rectanglelabels"
    about = Image

    def read_region(self, region: Region, shown: str | None) -> Box:
        keys = {"x", "y", "width", "height", "rectanglelabels"}
        value = self._value(region, keys, optional=frozenset({"rotation"}))
        if value.get("rotation", 0) != 0 or region.get("image_rotation", 0) != 0:
            message = f"{self.name}: a box is upright, its rotation and the image's are 0."
            raise MalformedAnswer(message, name=self.name)
        left, right = self._edges(value["x"], value["width"])
        top, bottom = self._edges(value["y"], value["height"])
        return Box(left, top, right, bottom, self._label(value), self._pixels(region))

    def _edges(self, start: Any, length: Any) -> tuple[int, int]:
        if all(_is_percent(number) for number in (start, length)):
            first = round(start * PERCENT)
            last = first + round(length * PERCENT)
            if first < min(last, WHOLE) and last <= WHOLE + ROUNDING:
                return first, min(last, WHOLE)
        message = f"{self.name}: x, y, width and height are percent, within the image."
        raise MalformedAnswer(message, name=self.name)

    def _pixels(self, region: Region) -> tuple[int, int]:
        pixels = (region.get("original_width", 0), region.get("original_height", 0))
        if pixels != (0, 0) and not all(_is_whole(one) and 0 < one <= SIDE_LIMIT for one in pixels):
            message = f"{self.name}: original_width and original_height are whole pixels."
            raise MalformedAnswer(message, name=self.name)
        return pixels

    def write_region(self, region: Box) -> Region:
        value = {
            "x": region.left / PERCENT,
            "y": region.top / PERCENT,
            "width": (region.right - region.left) / PERCENT,
            "height": (region.bottom - region.top) / PERCENT,
            "rotation": 0,
            "rectanglelabels": [region.label],
        }
        if region.pixels == (0, 0):
            return {"value": value}
        width, height = region.pixels
        sides = {"original_width": width, "original_height": height, "image_rotation": 0}
        return {**sides, "value": value}

    def joined(self, group: Sequence[Box], label: str) -> Box:
        """Its pixels are those most told; of equals the larger."""
        told = Counter(box.pixels for box in group)
        return Box(
            median_low(box.left for box in group),
            median_low(box.top for box in group),
            median_low(box.right for box in group),
            median_low(box.bottom for box in group),
            label,
            max(told, key=lambda pixels: (pixels != (0, 0), told[pixels], pixels)),
        )


def _is_whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _is_percent(number: Any) -> bool:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return is_number and 0 <= number <= 100 and isfinite(number)


CONTROLS: dict[str, type[Control]] = {"Labels": Labels, "RectangleLabels": RectangleLabels}
