"""Areas on an image, by their corners."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from labeling.answers import areas
from labeling.answers.control import Region
from labeling.answers.regions.marks import medoid
from labeling.answers.regions.shapes import PERCENT, ImageMarks, Pixels, is_percent, most_told

CORNERS_LEAST = 3
CORNERS_LIMIT = 300  # of one area
ALL_CORNERS_LIMIT = 3_000  # of all areas of one control: comparing answers takes its square
AREAS_LIMIT = 100
SIZE_LEAST = PERCENT  # in square steps: a millionth of a percent by a percent; less is a line


@dataclass(frozen=True, order=True)
class Polygon:
    """An area, its corners in steps of the image's sides. Where its edges cross, what is inside
    changes (the even-odd rule)."""

    corners: tuple[tuple[int, int], ...]
    label: str
    pixels: Pixels = (0, 0)

    @property
    def place(self) -> tuple[tuple[int, int], ...]:
        return self.corners

    @cached_property
    def shape(self) -> areas.Area:
        """What it encloses."""
        return areas.Area.of(self.corners)

    @classmethod
    def shares(
        cls, ones: Sequence["Polygon"], others: Sequence["Polygon"], *, answers: int = 2
    ) -> areas.Shares:
        shapes = [one.shape for one in ones]
        is_same = ones is others
        return areas.Shares(
            shapes, shapes if is_same else [one.shape for one in others], answers=answers
        )


@dataclass(frozen=True)
class PolygonLabels(ImageMarks):
    """Areas. `value` is {"points": [[x, y], …], "closed": true, "polygonlabels"}."""

    tag: ClassVar[str] = "PolygonLabels"
    type: ClassVar[str] = "polygonlabels"
    regions_limit: ClassVar[int] = AREAS_LIMIT

    def answer(self, regions: Sequence[Region], *, shown: Any = None) -> tuple[Any, ...]:
        found = super().answer(regions, shown=shown)
        if sum(len(polygon.corners) for polygon in found) > ALL_CORNERS_LIMIT:
            raise self.malformed("more than %(limit)s points.", limit=ALL_CORNERS_LIMIT)
        return found

    def read_region(self, region: Region, shown: Any) -> Polygon:
        value = self._value(region, {"points"}, optional=frozenset({"closed"}))
        points = value["points"]
        if not isinstance(points, list) or not all(map(_is_point, points)):
            raise self.malformed("points are pairs of percent, within the image.")
        if not CORNERS_LEAST <= len(points) <= CORNERS_LIMIT:
            raise self.malformed(
                "%(least)s to %(limit)s points.", least=CORNERS_LEAST, limit=CORNERS_LIMIT
            )
        corners = tuple((round(x * PERCENT), round(y * PERCENT)) for x, y in points)
        found = Polygon(corners, self._label(value), self._pixels(region))
        if value.get("closed", True) is not True or found.shape.size < SIZE_LEAST:
            raise self.malformed("the points enclose an area.")
        return found

    def write_region(self, region: Polygon) -> Region:
        points = [[x / PERCENT, y / PERCENT] for x, y in region.corners]
        value = {"points": points, "closed": True, "polygonlabels": [region.label]}
        return self._written(value, region.pixels)

    def joined(self, group: Sequence[Polygon], label: str) -> Polygon:
        """The area that has most in common with all others: the medoid."""
        best = medoid(group)
        return Polygon(best.corners, label, most_told(group))


def _is_point(point: Any) -> bool:
    return isinstance(point, list) and len(point) == 2 and all(map(is_percent, point))
