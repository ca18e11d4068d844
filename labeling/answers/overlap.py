"""How far regions overlap, who meant the same ones, and what they meant together.

Regions of one kind know how far they overlap, their intersection over union (IoU), all of an answer
with all of another at once. A span of text is an interval on one axis, an upright box on two; other
shapes measure in their own way. Whether two regions carry the same label is looked at beside it.
Nothing here depends on the order of answers or regions.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import fsum
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

SAME_IOU = 0.5  # from here on two regions mark the same thing
BLOCK_CELLS = 1 << 20  # overlaps that are looked at in one go
FEW_REGIONS, FEW_PAIRS = 300, 5_000  # up to them lists are faster than rows
PAIRS_READ = 2_000  # at a time, of those whose regions are free

Axes = tuple[tuple[int, int], ...]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Shares(Protocol):
    """The IoU of each of some regions with each of others, by their numbers. Symmetric."""

    @property
    def is_exact(self) -> bool:
        """True if the bounds are the IoU themselves: also once enough of them were measured."""

    def bounds(self, rows: slice) -> Floats:
        """What the IoU is at most: of these with all others, shape (rows, others)."""

    def share(self, one: int, other: int) -> float:
        """The IoU: 1 for the same place, 0 for regions apart."""


class Region(Protocol):
    """Hashable and in an order; within one answer no two have both the same label and place."""

    @property
    def label(self) -> str: ...

    @property
    def place(self) -> Hashable: ...

    @classmethod
    def shares(cls, ones: Sequence[Any], others: Sequence[Any], *, answers: int = 2) -> Shares:
        """How far each of these overlaps each of those; `answers` is how many they are from."""

    def __lt__(self, other: Any, /) -> bool: ...


R = TypeVar("R", bound=Region)


class Known:
    """Shares that are known at once: the bounds are exact."""

    is_exact = True

    def bounds(self, rows: slice) -> Floats:
        raise NotImplementedError

    def share(self, one: int, other: int) -> float:
        return float(self.bounds(slice(one, one + 1))[0, other])


@dataclass(frozen=True)
class Straight(Known):
    """Of regions that are an interval on each axis: whole numbers below 2^53, sizes below 2^62.

    `ones` and `others` have the shape (axes, 2, regions): from where to where.
    """

    ones: Ints
    others: Ints

    @classmethod
    def of(cls, ones: Sequence[Axes], others: Sequence[Axes]) -> "Straight":
        first, second = (np.array(axes, np.int64) for axes in (ones, others))
        return cls(first.transpose(1, 2, 0), second.transpose(1, 2, 0))

    def bounds(self, rows: slice) -> Floats:
        some = self.ones[:, :, rows, None]
        shared = np.ones((some.shape[2], self.others.shape[2]), np.int64)
        for (start, end), (other_start, other_end) in zip(some, self.others, strict=True):
            both = np.minimum(end, other_end)
            both -= np.maximum(start, other_start)
            shared *= np.maximum(both, 0, out=both)
        whole = _sizes(some) + _sizes(self.others) - shared
        return np.divide(shared, whole, out=np.zeros(shared.shape), where=shared > 0)


def _sizes(axes: Ints) -> Ints:
    return np.prod(axes[:, 1] - axes[:, 0], axis=0)


# --- Agreement ----------------------------------------------------------------------------


def agreement(a: Collection[R], b: Collection[R]) -> float:
    """How much two answers agree, from 0 to 1: 2 × the IoU of matched regions / all regions.

    This is the panoptic quality of Kirillov et al. (Panoptic Segmentation, CVPR 2019), an F1 that
    counts each match by its IoU, over regions of all labels together. Only regions with the same
    label match, each once, the best pairs first, as COCO's evaluation matches. Unlike the
    original a match may have an IoU below 0.5: then it adds that little. Two answers that mark
    nothing agree fully.
    """
    if not a and not b:
        return 1.0
    found = _matched(list(a), list(b), is_labelled=True)
    return 2 * fsum(share for _, _, share in found) / (len(a) + len(b))


def matches(a: Collection[R], b: Collection[R]) -> list[tuple[R, R]]:
    """Pairs that mark the same thing, from SAME_IOU on: the same label first, the best first."""
    ones, others = list(a), list(b)
    found = _matched(ones, others, is_labelled=False)
    return [(ones[one], others[other]) for one, other, _ in found]


def _matched(
    ones: list[R], others: list[R], *, is_labelled: bool
) -> Iterator[tuple[int, int, float]]:
    """Numbers of matching regions and their IoU, the best first, equal ones in their order.

    Only those with the same label, or from SAME_IOU on, the same label first.
    """
    if not ones or not others:
        return
    shares, differ = ones[0].shares(ones, others), _differ(ones, others)
    least = 0.0 if is_labelled else SAME_IOU
    free = _Free(len(ones), len(others))
    is_over = False
    while not is_over:
        is_over = shares.is_exact
        bounds = shares.bounds(slice(None))
        kept = (bounds > 0) & ~differ if is_labelled else bounds >= least
        pairs = _pairs(ones, others, (differ, -bounds), kept & free.both())
        yield from _best(pairs, shares, free, least=least)
        is_over = is_over or not shares.is_exact


def _differ(ones: Sequence[Region], others: Sequence[Region]) -> Bools:
    """True where two have not the same label, shape (ones, others)."""
    labels = np.array(_numbered([region.label for region in [*ones, *others]]))
    return np.not_equal.outer(labels[: len(ones)], labels[len(ones) :])


def _numbered(labels: Iterable[str]) -> list[int]:
    """The same number for the same label."""
    number: dict[str, int] = {}
    return [number.setdefault(label, len(number)) for label in labels]


Pair = tuple[bool, float, int, int, int, int]  # what sorts it, − its IoU second; its two numbers


class _Free:
    """The regions that are not matched yet, by their numbers."""

    def __init__(self, ones_count: int, others_count: int) -> None:
        self.ones = np.ones(ones_count, np.bool_)
        self.others = np.ones(others_count, np.bool_)

    def both(self) -> Bools:
        """Of all pairs, shape (ones, others)."""
        return self.ones[:, None] & self.others

    def has(self, pair: Pair) -> bool:
        return bool(self.ones[pair[4]] and self.others[pair[5]])

    def take(self, pair: Pair) -> Iterator[tuple[int, int, float]]:
        """The match, if both were free; they are no more."""
        if self.has(pair):
            self.ones[pair[4]] = self.others[pair[5]] = False
            yield pair[4], pair[5], -pair[1]


def _pairs(
    ones: Sequence[R], others: Sequence[R], keys: tuple[Bools, Floats], kept: Bools
) -> list[NDArray[Any]]:
    """Columns of those kept, by these keys, equal ones in the regions' order."""
    rank = {region: number for number, region in enumerate(sorted([*ones, *others]))}
    kind = np.min_scalar_type(len(rank) * 2)  # short numbers are sorted faster
    one, other = np.nonzero(kept)
    first = np.array([rank[region] for region in ones], kind)[one]
    second = np.array([rank[region] for region in others], kind)[other]
    low, high = np.minimum(first, second), np.maximum(first, second)
    columns = [keys[0][kept], keys[1][kept], low, high, one, other]
    order = np.lexsort(columns[3::-1])
    return [column[order] for column in columns]


def _read(columns: list[NDArray[Any]], free: _Free) -> Iterator[Pair]:
    """The pairs of which both regions were free when they were read, some at a time."""
    for start in range(0, len(columns[0]), PAIRS_READ):
        some = [column[start : start + PAIRS_READ] for column in columns]
        left = free.ones[some[4]] & free.others[some[5]]
        yield from zip(*(column[left].tolist() for column in some), strict=True)


def _best(
    columns: list[NDArray[Any]], shares: Shares, free: _Free, *, least: float
) -> Iterator[tuple[int, int, float]]:
    """Of pairs in the order of their bounds the best first, each region once. A pair is measured
    when none that is left can be better, and both its regions are free; when no more is measured,
    it ends."""
    if shares.is_exact:
        for pair in _read(columns, free):
            yield from free.take(pair)
        return
    measured: list[Pair] = []
    for pair in _read(columns, free):
        while measured and measured[0] < pair:
            yield from free.take(heappop(measured))
        if free.has(pair):
            differs, below, low, high, one, other = pair
            below = max(-shares.share(one, other), below)
            if below < 0 and -below >= least:
                heappush(measured, (differs, below, low, high, one, other))
        if shares.is_exact:
            return
    while measured:
        yield from free.take(heappop(measured))


# --- Merging ------------------------------------------------------------------------------


def clusters(answers: Sequence[Collection[R]]) -> list[dict[int, R]]:
    """The regions of all answers in groups that mark the same thing, one of each answer at most,
    by the answers' numbers.

    The region that most answers have something like founds the first group; of each other answer
    the best match joins, same label first, then the highest IoU, which is SAME_IOU at least; so
    on with what is left. A group never drifts away from its founder, and a thing that somebody
    marked with two labels makes two groups.
    """
    regions = sorted({region for answer in answers for region in answer})
    if not regions:
        return []
    near = _Near(regions, answers)
    founding: _Many | _Few = _Many(near)
    if len(regions) <= FEW_REGIONS:
        shares = near.rows(slice(0, len(regions)))
        if np.count_nonzero(shares) <= FEW_PAIRS:
            founding = _Few(near, shares)
    groups = [founding.joined(founder) for founder in founding.founders()]
    return [{owner: regions[one] for owner, one in group} for group in groups if group]


class _Near:
    """Which regions may mark the same thing: the places of regions in answers in two rows, who gave
    it and its number, by giver and region."""

    def __init__(self, regions: list[R], answers: Sequence[Collection[R]]) -> None:
        number = {region: place for place, region in enumerate(regions)}
        places = [sorted(number[region] for region in answer) for answer in answers]
        self.owner = np.repeat(np.arange(len(places)), list(map(len, places)))
        self.region = np.array([one for some in places for one in some], np.int64)
        self.label = np.array(_numbered([region.label for region in regions]))
        self.shares = regions[0].shares(regions, regions, answers=len(answers))
        self.size = len(regions)

    def rows(self, rows: slice) -> Floats:
        """The IoU from SAME_IOU on, 0 below it and 1 of a region with itself."""
        shares = np.array(self.shares.bounds(rows))
        for row, other in [] if self.shares.is_exact else np.argwhere(shares >= SAME_IOU).tolist():
            share = self.shares.share(row + rows.start, other)
            shares[row, other] = min(share, shares[row, other])
            if self.shares.is_exact:
                shares = np.array(self.shares.bounds(rows))
                break
        shares[shares < SAME_IOU] = 0
        own = np.arange(rows.start, rows.stop)
        shares[own - rows.start, own] = 1
        return shares


class _Few:
    """The groups of few regions: lists of what is near to each, itself first, then the best."""

    def __init__(self, near: _Near, shares: Floats) -> None:
        labels = near.label.tolist()
        self._holders: list[set[int]] = [set() for _ in labels]
        for owner, region in zip(near.owner.tolist(), near.region.tolist(), strict=True):
            self._holders[region].add(owner)
        found: list[list[tuple[bool, bool, float, int]]] = [[] for _ in labels]
        for one, other in np.argwhere(shares > 0).tolist():
            differs = labels[one] != labels[other]
            found[one].append((one != other, differs, -shares.item(one, other), other))
        self._near = [sorted(some) for some in found]
        self._free = [set(holders) for holders in self._holders]

    def founders(self) -> list[int]:
        """As those of many."""
        return sorted(range(len(self._near)), key=lambda one: (self._support(one), one))

    def _support(self, founder: int) -> tuple[int, int, float]:
        best: dict[int, tuple[bool, float]] = {}
        for _, differs, share, other in self._near[founder]:
            new = self._holders[other] - best.keys()
            best |= dict.fromkeys(new, (differs, share))
        same_count = sum(not differs for differs, _ in best.values())
        return -len(best), -same_count, fsum(share for _, share in best.values())

    def joined(self, founder: int) -> list[tuple[int, int]]:
        """As those of many."""
        members: dict[int, int] = {}
        if self._free[founder]:
            for *_, other in self._near[founder]:
                members |= dict.fromkeys(self._free[other] - members.keys(), other)
        for owner, region in members.items():
            self._free[region].remove(owner)
        return list(members.items())


class _Many:
    """The groups of any number of regions, a row of overlaps at a time."""

    def __init__(self, near: _Near) -> None:
        self._near = near
        self._free = np.ones(len(near.owner), np.bool_)

    def founders(self) -> list[int]:
        """All regions: those that the most answers have something like first, then those with the
        most of the same label, then the most IoU."""
        near = self._near
        starts = np.flatnonzero(np.diff(near.owner, prepend=-1))
        step = max(BLOCK_CELLS // len(near.owner), 1)
        keys = []
        for first in range(0, near.size, step):
            rows = slice(first, min(first + step, near.size))
            shares = near.rows(rows)[:, near.region]
            same = near.label[rows, None] == near.label[near.region]
            alike = np.maximum.reduceat(np.where(same, shares, 0), starts, axis=1)
            unlike = np.maximum.reduceat(np.where(same, 0, shares), starts, axis=1)
            best = np.where(alike > 0, alike, unlike)
            overlaps = [fsum(row) for row in best.tolist()]
            counts, alike_counts = ((one > 0).sum(axis=1).tolist() for one in (best, alike))
            found = zip(counts, alike_counts, overlaps, strict=True)
            keys += [tuple(-one for one in key) for key in found]
        return sorted(range(near.size), key=lambda one: (keys[one], one))

    def joined(self, founder: int) -> list[tuple[int, int]]:
        """The answers and the numbers of the regions that join this founder, itself among them: of
        each answer the best one that is free; none where the founder is not."""
        near = self._near
        if not self._free[near.region == founder].any():
            return []
        shares = near.rows(slice(founder, founder + 1))[0, near.region]
        found = np.flatnonzero(self._free & (shares > 0))
        region = near.region[found]
        differs = near.label[region] != near.label[founder]
        found = found[np.lexsort((region, -shares[found], differs, region != founder))]
        owners, first = np.unique(near.owner[found], return_index=True)
        self._free[found[first]] = False
        return list(zip(owners.tolist(), near.region[found[first]].tolist(), strict=True))
