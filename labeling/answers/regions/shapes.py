"""Boxes, areas and points on an image, their places in percent of the image's sides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from labeling.answers import overlap
from labeling.answers.control import Region
from labeling.answers.objects import Image
from labeling.answers.overlap import Axes
from labeling.answers.regions.marks import Aligned, Marks, is_offset, medians
from labeling.answers.tag import plain_number

PERCENT = 1_000_000  # steps a percent: edges are whole numbers, so that they are the same or not
WHOLE = 100 * PERCENT
ROUNDING = 2  # steps that a box may lie outside the image by the rounding of its sides
SIDE_LIMIT = 1_000_000  # pixels of an image
POINT_REACH = 10 * PERCENT  # two points so far apart have nothing in common

Pixels = tuple[int, int]  # width and height of the image where the answer told them, else 0


@dataclass(frozen=True)
class ImageMarks(Marks):
    """Marks of an image. Beside the value may stand its original_width and original_height in
    pixels; `image_rotation` is 0."""

    about = Image

    def _pixels(self, region: Region) -> Pixels:
        if region.get("image_rotation", 0) != 0:
            raise self.malformed("the image is not turned: image_rotation is 0.")
        pixels = (region.get("original_width", 0), region.get("original_height", 0))
        fits = all(is_offset(one) and 0 < one <= SIDE_LIMIT for one in pixels)
        if pixels != (0, 0) and not fits:
            raise self.malformed("original_width and original_height are whole pixels.")
        return pixels

    def _written(self, value: dict[str, Any], pixels: Pixels) -> Region:
        if pixels == (0, 0):
            return {"value": value}
        width, height = pixels
        sides = {"original_width": width, "original_height": height, "image_rotation": 0}
        return {**sides, "value": value}


def most_told(group: Sequence[Any]) -> Pixels:
    """The pixels that most of the group told; of equals the larger."""
    told = Counter(region.pixels for region in group)
    return max(told, key=lambda pixels: (pixels != (0, 0), told[pixels], pixels))


def is_percent(number: Any) -> bool:
    """True for a number from 0 to 100."""
    return plain_number(number) and 0 <= number <= 100


# --- Boxes ---------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Box(Aligned):
    """An upright rectangle, its edges in steps of the image's sides: 0 to WHOLE."""

    left: int
    top: int
    right: int
    bottom: int
    label: str
    pixels: Pixels = (0, 0)

    @property
    def axes(self) -> Axes:
        return ((self.left, self.right), (self.top, self.bottom))


@dataclass(frozen=True)
class RectangleLabels(ImageMarks):
    """Boxes. `value` is {"x", "y", "width", "height", "rotation", "rectanglelabels"}.

    They are upright: `rotation` is 0.
    """

    tag: ClassVar[str] = "RectangleLabels"
    type: ClassVar[str] = "rectanglelabels"

    def read_region(self, region: Region, shown: Any) -> Box:
        keys = {"x", "y", "width", "height"}
        value = self._value(region, keys, optional=frozenset({"rotation"}))
        if value.get("rotation", 0) != 0:
            raise self.malformed("a box is upright, its rotation is 0.")
        left, right = self._edges(value["x"], value["width"])
        top, bottom = self._edges(value["y"], value["height"])
        return Box(left, top, right, bottom, self._label(value), self._pixels(region))

    def _edges(self, start: Any, length: Any) -> tuple[int, int]:
        if is_percent(start) and is_percent(length):
            first = round(start * PERCENT)
            last = first + round(length * PERCENT)
            if first < min(last, WHOLE) and last <= WHOLE + ROUNDING:
                return first, min(last, WHOLE)
        raise self.malformed("x, y, width and height are percent, within the image.")

    def write_region(self, region: Box) -> Region:
        value = {
            "x": region.left / PERCENT,
            "y": region.top / PERCENT,
            "width": (region.right - region.left) / PERCENT,
            "height": (region.bottom - region.top) / PERCENT,
            "rotation": 0,
            "rectanglelabels": [region.label],
        }
        return self._written(value, region.pixels)

    def joined(self, group: Sequence[Box], label: str) -> Box:
        left, top, right, bottom = medians(group, "left", "top", "right", "bottom")
        return Box(left, top, right, bottom, label, most_told(group))


# --- Points --------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Point:
    """A point, its place and width in steps."""

    x: int
    y: int
    label: str
    width: int
    pixels: Pixels = (0, 0)

    @property
    def place(self) -> tuple[int, int]:
        return (self.x, self.y)

    @classmethod
    def shares(
        cls, ones: Sequence["Point"], others: Sequence["Point"], *, answers: int = 2
    ) -> overlap.Shares:
        first, second = (np.array([one.place for one in some]).T for some in (ones, others))
        return Nearness(first, second)


@dataclass(frozen=True)
class Nearness(overlap.Known):
    """How near points are: 1 for the same place, falling evenly to 0 at a distance of POINT_REACH.

    `ones` and `others` have the shape (2, points): their places, in steps.
    """

    ones: overlap.Ints
    others: overlap.Ints

    def bounds(self, rows: slice) -> overlap.Floats:
        aside, below = self.ones[:, rows, None] - self.others[:, None, :]
        return np.maximum(1 - np.sqrt(aside**2 + below**2) / POINT_REACH, 0.0)


@dataclass(frozen=True)
class KeyPointLabels(ImageMarks):
    """Points. `value` is {"x", "y", "width", "keypointlabels"}; the width is how large it is
    drawn."""

    tag: ClassVar[str] = "KeyPointLabels"
    type: ClassVar[str] = "keypointlabels"

    def read_region(self, region: Region, shown: Any) -> Point:
        value = self._value(region, {"x", "y", "width"}, optional=frozenset())
        numbers = (value["x"], value["y"], value["width"])
        if not all(map(is_percent, numbers)):
            raise self.malformed("x, y and width are percent, within the image.")
        x, y, width = (round(number * PERCENT) for number in numbers)
        return Point(x, y, self._label(value), width, self._pixels(region))

    def write_region(self, region: Point) -> Region:
        value = {
            "x": region.x / PERCENT,
            "y": region.y / PERCENT,
            "width": region.width / PERCENT,
            "keypointlabels": [region.label],
        }
        return self._written(value, region.pixels)

    def joined(self, group: Sequence[Point], label: str) -> Point:
        x, y, width = medians(group, "x", "y", "width")
        return Point(x, y, label, width, most_told(group))
