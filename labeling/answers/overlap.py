"""How far regions overlap, who meant the same ones, and what they meant together.

A region knows how far it overlaps another one, their intersection over union (IoU). A span of
text is an interval on one axis, an upright box on two; other shapes measure in their own way.
Whether two regions carry the same label is looked at beside it. Nothing here depends on the order
of answers or regions.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from math import fsum, prod
from typing import Any, Protocol, TypeVar

SAME_IOU = 0.5  # from here on two regions mark the same thing

Axes = tuple[tuple[int, int], ...]


class Region(Protocol):
    """Hashable and in an order; within one answer no two have both the same label and place."""

    @property
    def label(self) -> str: ...

    @property
    def place(self) -> Hashable: ...

    @property
    def reach(self) -> tuple[Any, Any]:
        """From where to where on a first axis; regions whose reaches are apart are apart."""

    def iou(self, other: Any, /) -> float:
        """Intersection over union: 1 for the same place, 0 for regions apart. Symmetric."""

    def __lt__(self, other: Any, /) -> bool: ...


R = TypeVar("R", bound=Region)


def iou(a: Axes, b: Axes) -> float:
    """Intersection over union: 1 for the same region, 0 for regions apart."""
    shared = prod(
        max(min(end, other_end) - max(start, other_start), 0)
        for (start, end), (other_start, other_end) in zip(a, b, strict=True)
    )
    return shared / (_size(a) + _size(b) - shared) if shared else 0.0


def _size(axes: Axes) -> int:
    return prod(end - start for start, end in axes)


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
    free_a, free_b = set(a), set(b)
    matched = []
    for share, one, other in _pairs(a, b):
        if one in free_a and other in free_b:
            free_a.remove(one)
            free_b.remove(other)
            matched.append(share)
    return 2 * fsum(matched) / (len(a) + len(b))


def _pairs(a: Collection[R], b: Collection[R]) -> list[tuple[float, R, R]]:
    """Overlapping pairs with the same label, the best first, equal ones in the regions' order."""
    labelled: dict[str, list[tuple[Any, Any, R]]] = defaultdict(list)
    for region in b:
        labelled[region.label].append((*region.reach, region))
    pairs = []
    for one in a:
        start, end = one.reach  # asked for once: most regions are far apart
        for other_start, other_end, other in labelled.get(one.label, ()):
            if start < other_end and other_start < end and (share := one.iou(other)) > 0:
                pairs.append((share, one, other))
    return sorted(pairs, key=lambda pair: (-pair[0], *sorted(pair[1:])))


def matches(a: Collection[R], b: Collection[R]) -> list[tuple[R, R]]:
    """Pairs that mark the same thing, from SAME_IOU on: the same label first, the best first."""
    pairs = [
        (one.label != other.label, -share, one, other)
        for one in a
        for other in b
        if _meet(one, other) and (share := one.iou(other)) >= SAME_IOU
    ]
    free_a, free_b = set(a), set(b)
    found = []
    for *_, one, other in sorted(pairs, key=lambda pair: (*pair[:2], *sorted(pair[2:]))):
        if one in free_a and other in free_b:
            free_a.remove(one)
            free_b.remove(other)
            found.append((one, other))
    return found


def _meet(a: Region, b: Region) -> bool:
    (start, end), (other_start, other_end) = a.reach, b.reach
    return bool(start < other_end and other_start < end)


# --- Merging ------------------------------------------------------------------------------


def clusters(answers: Sequence[Collection[R]]) -> list[dict[int, R]]:
    """The regions of all answers in groups that mark the same thing, one of each answer at most,
    by the answers' numbers.

    The region that most answers have something like founds the first group; of each other answer
    the best match joins, same label first, then the highest IoU, which is SAME_IOU at least; so
    on with what is left. A group never drifts away from its founder, and a thing that somebody
    marked with two labels makes two groups.
    """
    free: dict[R, set[int]] = defaultdict(set)
    for number, answer in enumerate(answers):
        for region in answer:
            free[region].add(number)
    near = _neighbours(sorted(free))
    groups = []
    for founder in sorted(near, key=lambda one: _support(one, near[one], free)):
        members: dict[int, R] = {}
        if free[founder]:
            for region in near[founder]:
                members |= dict.fromkeys(free[region] - members.keys(), region)
        for number, region in members.items():
            free[region].remove(number)
        if members:
            groups.append(members)
    return groups


def _neighbours(regions: list[R]) -> dict[R, list[R]]:
    """For each region those that may mark the same thing, itself among them, the best first."""
    shares: dict[R, list[tuple[bool, float, R]]] = {one: [(False, -1.0, one)] for one in regions}
    ordered = sorted(regions, key=lambda one: (one.reach, one))
    for place, one in enumerate(ordered):
        end = one.reach[1]
        for other in ordered[place + 1 :]:
            if other.reach[0] >= end:
                break
            share = one.iou(other)
            if share >= SAME_IOU:
                differs = one.label != other.label
                shares[one].append((differs, -share, other))
                shares[other].append((differs, -share, one))
    return {one: [other for *_, other in sorted(found)] for one, found in shares.items()}


def _support(founder: R, near: list[R], holders: dict[R, set[int]]) -> tuple[int, int, float, R]:
    """What sorts founders: the most answers, of them the most with the same label, the most IoU."""
    best: dict[int, R] = {}
    for region in near:
        best |= dict.fromkeys(holders[region] - best.keys(), region)
    same_label = sum(region.label == founder.label for region in best.values())
    overlap = fsum(founder.iou(region) for region in best.values())
    return -len(best), -same_label, -overlap, founder
