"""How much two areas overlap: exact sums over horizontal lines.

Inside an area is what a line has crossed its edges an odd number of times to reach, so that the
difference of two areas (what is in one of them) is inside the edges of both together, and
intersection = (a + b - difference) / 2. Between two neighbouring heights at which there is a
corner or two edges cross, the length of an area on a line changes evenly, so the line in the
middle tells the size of the strip. Of more heights than LINES_LIMIT, as many even strips are
taken instead: whoever drew the areas, their comparison has an end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LINES_LIMIT = 1_024

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Area:
    """Edges as rows (x, y, x, y) from their upper to their lower end, none of them level."""

    edges: Floats
    left: int
    right: int
    top: int
    bottom: int
    size: float

    @classmethod
    def of(cls, corners: Sequence[tuple[int, int]]) -> "Area":
        """The area that these corners enclose."""
        points = np.array(corners, dtype=np.float64)
        edges = np.hstack([points, np.roll(points, -1, axis=0)])
        turned = edges[:, 1] > edges[:, 3]
        edges[turned] = edges[turned][:, [2, 3, 0, 1]]
        edges = edges[edges[:, 1] < edges[:, 3]]
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return cls(edges, int(left), int(right), int(top), int(bottom), _size(edges))


def iou(a: Area, b: Area) -> float:
    """Intersection over union, from 0 to 1. Symmetric to the last digit."""
    if a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top:
        return 0.0
    difference = _size(_sorted(np.vstack([a.edges, b.edges])))
    both = a.size + b.size
    shared = max(both - difference, 0.0) / 2
    return min(shared / (both - shared), 1.0) if shared else 0.0


def _sorted(edges: Floats) -> Floats:
    return edges[np.lexsort(edges.T)]


def _size(edges: Floats) -> float:
    if not len(edges):
        return 0.0
    heights = np.unique(np.concatenate([edges[:, 1], edges[:, 3], _crossings(edges)]))
    if len(heights) > LINES_LIMIT:
        heights = np.linspace(heights[0], heights[-1], LINES_LIMIT)
    middles = (heights[1:] + heights[:-1]) / 2
    return float((_lengths(edges, middles) * np.diff(heights)).sum())


def _crossings(edges: Floats) -> Floats:
    """The heights at which two edges cross."""
    x, y = edges[:, 0], edges[:, 1]
    wide, high = edges[:, 2] - x, edges[:, 3] - y
    across = np.subtract.outer  # of every edge with every other one
    turn = np.multiply.outer(wide, high) - np.multiply.outer(high, wide)
    with np.errstate(divide="ignore", invalid="ignore"):
        mine = (-across(x, x) * high[None, :] + across(y, y) * wide[None, :]) / turn
        other = (-across(x, x) * high[:, None] + across(y, y) * wide[:, None]) / turn
    meet = (mine > 0) & (mine < 1) & (other > 0) & (other < 1) & (turn != 0)
    return (y[:, None] + mine * high[:, None])[meet]


def _lengths(edges: Floats, heights: Floats) -> Floats:
    """For each height how much of its line is inside."""
    x, y, lower_x, lower_y = (edges[:, column, None] for column in range(4))
    crosses = (y < heights) & (heights < lower_y)
    places = np.where(crosses, x + (heights - y) * (lower_x - x) / (lower_y - y), np.inf)
    places.sort(axis=0)
    places = places[: len(places) // 2 * 2]
    pairs = np.where(np.isfinite(places), places, 0.0)
    return (pairs[1::2] - pairs[::2]).sum(axis=0)
