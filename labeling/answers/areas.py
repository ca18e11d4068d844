"""How much two areas overlap: exact sums over horizontal lines.

Inside an area is what a line has crossed its edges an odd number of times to reach, so that the
difference of two areas (what is in one of them) is inside the edges of both together, and
intersection = (a + b - difference) / 2. Between two neighbouring heights at which there is a
corner or two edges cross, the length of an area on a line changes evenly, so the line in the
middle tells the size of the strip. Of more heights than LINES_LIMIT, as many even strips are
taken instead: whoever drew the areas, their comparison has an end.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

LINES_LIMIT = 1_024

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Cells = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Area:
    """Edges as rows (x, y, x, y) from their upper to their lower end, none of them level."""

    corners: tuple[tuple[int, int], ...]
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
        size, _ = _size(edges)
        return cls(tuple(corners), edges, int(left), int(right), int(top), int(bottom), size)


def iou(a: Area, b: Area) -> float:
    """Intersection over union, from 0 to 1. Symmetric to the last digit."""
    return measured(a, b)[0]


def measured(a: Area, b: Area) -> tuple[float, int]:
    """The intersection over union, and what it took: pairs of edges, and of edges and lines."""
    if a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top:
        return 0.0, 0
    difference, effort = _size(_sorted(np.vstack([a.edges, b.edges])))
    both = a.size + b.size
    shared = max(both - difference, 0.0) / 2
    return (min(shared / (both - shared), 1.0) if shared else 0.0), effort


def _sorted(edges: Floats) -> Floats:
    return edges[np.lexsort(edges.T)]


def _size(edges: Floats) -> tuple[float, int]:
    """What is inside, and the effort that it took."""
    if not len(edges):
        return 0.0, 0
    crossings, pairs_count = _crossings(edges)
    heights = np.unique(np.concatenate([edges[:, 1], edges[:, 3], crossings]))
    if len(heights) > LINES_LIMIT:
        heights = np.linspace(heights[0], heights[-1], LINES_LIMIT)
    middles = (heights[1:] + heights[:-1]) / 2
    edge, line = _met(edges, middles)
    x, y, lower_x, lower_y = edges[edge].T
    places = x + (middles[line] - y) * (lower_x - x) / (lower_y - y)
    order = np.lexsort((places, line))
    lengths = places[order][1::2] - places[order][::2]  # a line goes in as often as out
    strips = np.diff(heights)[line[order][::2]]
    return float((lengths * strips).sum()), pairs_count + len(edge)


def _met(edges: Floats, lines: Floats) -> tuple[Ints, Ints]:
    """Which edge meets which line, as numbers of both; a line through a corner meets the edge
    below it, so that it meets an even number of an area's edges."""
    return _each(*(np.searchsorted(lines, edges[:, column]) for column in (1, 3)))


def _each(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Pairs: the number of each range, and every number in it, the last one left out."""
    counts = np.maximum(last - first, 0)
    number = np.repeat(np.arange(len(first)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return number, np.arange(len(number)) - before + first[number]


def _crossings(edges: Floats) -> tuple[Floats, int]:
    """The heights at which two edges cross, and how many pairs were looked at."""
    edges = edges[np.argsort(edges[:, 1], kind="stable")]
    later = np.searchsorted(edges[:, 1], edges[:, 3], side="left")
    one, other = _each(np.arange(len(edges)) + 1, later)
    left, right = np.minimum(edges[:, 0], edges[:, 2]), np.maximum(edges[:, 0], edges[:, 2])
    near = (left[one] <= right[other]) & (left[other] <= right[one])
    return _met_at(edges[one[near]], edges[other[near]]), len(one)


def _met_at(some: Floats, others: Floats) -> Floats:
    """The heights at which these edges cross those, each one another."""
    x, y, wide, high = _lines(some)
    other_x, other_y, other_wide, other_high = _lines(others)
    turn = wide * other_high - high * other_wide
    aside, below = other_x - x, other_y - y
    with np.errstate(divide="ignore", invalid="ignore"):
        mine = (aside * other_high - below * other_wide) / turn
        theirs = (aside * high - below * wide) / turn
    meet = (mine > 0) & (mine < 1) & (theirs > 0) & (theirs < 1) & (turn != 0)
    return (y + mine * high)[meet]


def _lines(edges: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    x, y, lower_x, lower_y = edges.T
    return x, y, lower_x - x, lower_y - y


# --- More of them than can be measured ------------------------------------------------------

SIDE = 64  # cells of the grid, each way
EFFORT_LIMIT = 200_000  # of exact comparisons of two answers: some 30 ms
PAIR_EFFORT = 1_000  # that a comparison takes, however few edges there are
PAIRS_LIMIT = 50  # of answers whose comparisons are exact when many are merged
KEPT_LIMIT = 1 << 22  # overlaps on a grid that are kept, and not found anew
ROUNDING = 1e-9


class Shares:
    """How far each of some areas overlaps each of others (`overlap.Shares`).

    Measured exactly are as many as EFFORT_LIMIT has room for, those asked for first; all others on
    a grid of SIDE × SIDE cells over all areas, by the middles of the cells. There an area is off by
    the cells that its outline passes through at most: a round one that takes a tenth of the grid
    each way by a half in the worst case, and by a few percent as a rule. What is smaller than a
    cell may overlap nothing. The worst two answers take less than 0.1 s.
    """

    def __init__(self, ones: Sequence[Area], others: Sequence[Area], *, answers: int = 2) -> None:
        self.ones, self.others = ones, others
        self.is_same = ones is others
        pairs_count = min(max(answers * (answers - 1) // 2, 1), PAIRS_LIMIT)
        self._effort_left = EFFORT_LIMIT * pairs_count
        self._boxes, self._other_boxes = _boxes(ones), _boxes(others)
        self._known: dict[int, dict[int, float]] = defaultdict(dict)  # those measured exactly

    @property
    def is_exact(self) -> bool:
        """True once no more is measured: the bounds are what was measured, and the grid's."""
        return self._effort_left <= 0

    def bounds(self, rows: slice) -> Floats:
        found = self._by_boxes(rows)
        if self.is_exact:
            is_kept = len(self.ones) * len(self.others) <= KEPT_LIMIT
            found = np.minimum(found, self._grid[rows] if is_kept else self._on_grid(rows))
            for row, one in enumerate(range(len(self.ones))[rows]):
                for other, share in self._known.get(one, {}).items():
                    found[row, other] = share
        return found

    def share(self, one: int, other: int) -> float:
        known = self._known[one]
        if other not in known:
            if self.is_exact:
                return float(self.bounds(slice(one, one + 1))[0, other])
            known[other] = self._measured(self.ones[one], self.others[other])
            if self.is_same:
                self._known[other][one] = known[other]
        return known[other]

    def _measured(self, a: Area, b: Area) -> float:
        if a.corners == b.corners:
            return 1.0
        share, effort = measured(a, b)
        self._effort_left -= effort + PAIR_EFFORT
        return share

    def _by_boxes(self, rows: slice) -> Floats:
        """By the sizes, and by what the boxes around them share."""
        left, right, top, bottom, size = (one[rows, None] for one in self._boxes)
        other_left, other_right, other_top, other_bottom, other_size = self._other_boxes
        wide = np.minimum(right, other_right) - np.maximum(left, other_left)
        high = np.minimum(bottom, other_bottom) - np.maximum(top, other_top)
        shared = np.maximum(wide, 0) * np.maximum(high, 0)
        shared = np.minimum(shared, np.minimum(size, other_size))
        whole = size + other_size - shared
        found = np.divide(shared, whole, out=np.zeros(shared.shape), where=shared > 0)
        return np.minimum(found * (1 + ROUNDING), 1.0)

    @cached_property
    def _grid(self) -> Floats:
        return self._on_grid(slice(None))

    def _on_grid(self, rows: slice) -> Floats:
        cells, other_cells = self._cells
        some = cells[rows]
        shared = (some @ other_cells.T).astype(np.float64)
        whole = some.sum(1)[:, None] + other_cells.sum(1) - shared
        found = np.divide(shared, whole, out=np.zeros(shared.shape), where=shared > 0)
        return np.minimum(found, 1 - ROUNDING)  # only the same area is the same

    @cached_property
    def _cells(self) -> tuple[Cells, Cells]:
        boxes = self._boxes if self.is_same else np.hstack([self._boxes, self._other_boxes])
        frame = boxes[0].min(), boxes[1].max(), boxes[2].min(), boxes[3].max()
        cells = _on_cells(self.ones, frame)
        return cells, cells if self.is_same else _on_cells(self.others, frame)


def _boxes(areas: Sequence[Area]) -> Floats:
    """What lies around each, and its size: left, right, top, bottom and size by area."""
    rows = [(one.left, one.right, one.top, one.bottom, one.size) for one in areas]
    return np.array(rows, np.float64).T


def _on_cells(areas: Sequence[Area], frame: tuple[float, float, float, float]) -> Cells:
    """1 for each cell of a grid over the frame whose middle is inside, by area."""
    left, right, top, bottom = frame
    edges = np.vstack([one.edges for one in areas])
    owner = np.repeat(np.arange(len(areas)), [len(one.edges) for one in areas])
    middles = (np.arange(SIDE) + 0.5) / SIDE
    edge, line = _met(edges, top + middles * (bottom - top))
    x, y, lower_x, lower_y = edges[edge].T
    places = x + (top + middles[line] * (bottom - top) - y) * (lower_x - x) / (lower_y - y)
    column = np.searchsorted(left + middles * (right - left), places)
    cell = (owner[edge] * SIDE + line) * (SIDE + 1) + column
    crossed = np.bincount(cell, minlength=len(areas) * SIDE * (SIDE + 1))
    crossed = crossed.reshape(len(areas), SIDE, SIDE + 1)[:, :, :SIDE]
    return (crossed.cumsum(axis=2) % 2).reshape(len(areas), -1).astype(np.float32)
