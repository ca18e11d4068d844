"""Matching and merging regions, held against their definitions, and what they cost at most."""

import math
import random
import time
from collections import defaultdict
from functools import cache
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.answers import areas, overlap
from labeling.answers.regions.polygons import Polygon
from labeling.answers.regions.shapes import PERCENT, Box, Point
from labeling.answers.regions.spans import Span

SECONDS = 1.0  # of CPU: a tenth of it on a machine with nothing else to do
SAME = overlap.SAME_IOU


def iou(one, other):
    return float(one.shares([one], [other]).share(0, 0))


# --- As they are defined ----------------------------------------------------------------------

edge, label = st.integers(0, 5), st.sampled_from("AB")
boxes = st.builds(
    lambda left, top, wide, high, label: Box(left, top, left + wide, top + high, label),
    *(edge, edge, st.integers(1, 4), st.integers(1, 4), label),
)
spans = st.builds(
    lambda start, length, label: Span(start, start + length, label, "x" * length),
    *(edge, st.integers(1, 5), label),
)
points = st.builds(
    lambda x, y, label: Point(x * 3 * PERCENT, y * 3 * PERCENT, label, 1), edge, edge, label
)


@cache
def square(left, top, side, label):
    """The corners of a square, and one inside of it that makes it a polygon like no box."""
    right, bottom, middle = left + side, top + side, top + side // 2
    corners = ((left, top), (right, top), (right - side // 4, middle), (right, bottom))
    return Polygon((*corners, (left, bottom)), label)


polygons = st.builds(square, *(st.integers(0, 12), st.integers(0, 12), st.integers(4, 12), label))
kinds = st.sampled_from([boxes, spans, points, polygons])


def answer_of(kind):
    regions = st.lists(kind, max_size=6, unique_by=lambda one: (one.label, one.place))
    return regions.map(lambda found: tuple(sorted(found)))


pairs_of_answers = kinds.flatmap(lambda kind: st.tuples(answer_of(kind), answer_of(kind)))
many_answers = kinds.flatmap(lambda kind: st.lists(answer_of(kind), min_size=1, max_size=4))


def best_first(a, b, *, is_labelled):
    """All pairs measured, sorted, and taken while both are free."""
    found = [(one.label != other.label, -iou(one, other), one, other) for one in a for other in b]
    found = [
        one for one in found if (one[1] < 0 and not one[0] if is_labelled else one[1] <= -SAME)
    ]
    free_a, free_b, taken = set(a), set(b), []
    for pair in sorted(found, key=lambda pair: (*pair[:2], *sorted(pair[2:]))):
        if pair[2] in free_a and pair[3] in free_b:
            free_a.remove(pair[2])
            free_b.remove(pair[3])
            taken.append(pair)
    return taken


@given(pairs_of_answers)
def test_the_best_match_first(pair):
    a, b = pair

    shares = [-share for _, share, _, _ in best_first(a, b, is_labelled=True)]

    expected = 2 * fsum(shares) / (len(a) + len(b)) if a or b else 1
    assert overlap.agreement(a, b) == pytest.approx(expected, abs=1e-12)
    assert overlap.agreement(a, b) == overlap.agreement(b, a)
    assert overlap.agreement(a, a) == 1


@given(pairs_of_answers)
def test_the_same_things_are_found(pair):
    a, b = pair

    expected = [tuple(one[2:]) for one in best_first(a, b, is_labelled=False)]

    assert sorted(overlap.matches(a, b)) == sorted(expected)


def grouped(answers):
    """Each region founds a group in the order of its support; of each answer the best joins."""
    free = defaultdict(set)
    for number, answer in enumerate(answers):
        for region in answer:
            free[region].add(number)

    def near(one):
        others = [
            (one.label != other.label, -iou(one, other), other)
            for other in free
            if other != one and iou(one, other) >= SAME
        ]
        return [one, *(other for *_, other in sorted(others))]

    holders = {region: set(numbers) for region, numbers in free.items()}

    def support(one):
        best = {}
        for region in near(one):
            best |= dict.fromkeys(holders[region] - best.keys(), region)
        same = sum(region.label == one.label for region in best.values())
        shares = fsum(1 if region == one else iou(one, region) for region in best.values())
        return -len(best), -same, -shares, one

    groups = []
    for founder in sorted(free, key=support):
        members = {}
        if free[founder]:
            for region in near(founder):
                members |= dict.fromkeys(free[region] - members.keys(), region)
        for number, region in members.items():
            free[region].remove(number)
        if members:
            groups.append(members)
    return groups


@settings(deadline=None)
@given(many_answers)
def test_groups_are_founded_by_those_with_the_most_support(answers):
    assert overlap.clusters(answers) == grouped(answers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap, "FEW_REGIONS", 0)
        assert overlap.clusters(answers) == grouped(answers)


# --- However many there are -------------------------------------------------------------------


def polygon(chance, corners, *, least, most):
    x, y = 50 + chance.uniform(-2, 2), 50 + chance.uniform(-2, 2)
    turns = [(2 * math.pi * k / corners, chance.uniform(least, most)) for k in range(corners)]
    found = ((x + r * math.cos(a), y + r * math.sin(a)) for a, r in turns)
    return Polygon(tuple((round(a * PERCENT), round(b * PERCENT)) for a, b in found), "P")


def drawn(seed, *, count=100, corners=30, least=30, most=45):
    """As many areas, and of as many corners, as an answer may have, all over each other."""
    chance = random.Random(seed)
    return tuple(sorted(polygon(chance, corners, least=least, most=most) for _ in range(count)))


def boxed(seed, *, spread):
    chance = random.Random(seed)
    lefts = [(chance.randrange(spread), chance.randrange(spread)) for _ in range(300)]
    return tuple(sorted(Box(x, y, x + 60, y + 60, "P") for x, y in set(lefts)))


@pytest.fixture
def measured(monkeypatch):
    """Each exact comparison of two areas."""
    calls, real = [], areas.measured
    monkeypatch.setattr(areas, "measured", lambda a, b: calls.append((a, b)) or real(a, b))
    return calls


@pytest.mark.parametrize(("count", "corners"), [(100, 30), (10, 300)])
def test_two_answers_full_of_areas_are_compared_in_time(measured, count, corners):
    a, b = (drawn(seed, count=count, corners=corners) for seed in (1, 2))
    began = time.process_time()

    found = overlap.agreement(a, b)

    assert time.process_time() - began < SECONDS
    assert len(measured) * areas.PAIR_EFFORT <= areas.EFFORT_LIMIT
    assert 0.5 < found < 1
    assert overlap.agreement(b, a) == found
    assert overlap.agreement(a, a) == 1


@pytest.mark.parametrize("spread", [5_000, 40])
def test_two_answers_full_of_boxes_are_compared_in_time(spread):
    a, b = boxed(1, spread=spread), boxed(2, spread=spread)
    began = time.process_time()

    found = overlap.agreement(a, b)
    overlap.clusters([a, b, boxed(3, spread=spread)])

    assert time.process_time() - began < SECONDS
    assert overlap.agreement(b, a) == found


def test_many_answers_full_of_areas_are_merged_in_time(measured):
    answers = [drawn(seed, least=38, most=40) for seed in range(3)]
    began = time.process_time()

    groups = overlap.clusters(answers)

    assert time.process_time() - began < 3 * SECONDS
    assert len(measured) * areas.PAIR_EFFORT <= 3 * areas.EFFORT_LIMIT
    assert sum(map(len, groups)) == 300
    assert overlap.clusters(answers) == groups


def test_areas_far_apart_are_all_measured_exactly(measured):
    """A hundred things, each marked by both."""
    chance = random.Random(1)
    things = [(chance.randrange(10), chance.randrange(10)) for _ in range(100)]

    def marked():
        found = []
        for left, top in set(things):
            corners = polygon(chance, 30, least=4, most=5).corners
            moved = ((x + 10 * PERCENT * left, y + 10 * PERCENT * top) for x, y in corners)
            found.append(Polygon(tuple(moved), "P"))
        return tuple(sorted(found))

    a, b = marked(), marked()
    pairs = best_first(a, b, is_labelled=True)
    measured.clear()

    found = overlap.agreement(a, b)

    assert found == pytest.approx(2 * fsum(-one[1] for one in pairs) / (len(a) + len(b)))
    assert len(measured) < 2 * len(a)


def test_on_the_grid_areas_are_off_by_little():
    """Where no more is measured exactly: areas of all sizes, from a tenth of the grid on."""
    chance = random.Random(1)
    a, b = (
        [polygon(chance, 30, least=size, most=size * 1.1).shape for size in range(5, 45)]
        for _ in range(2)
    )
    shares = areas.Shares(a, b)
    shares._effort_left = 0

    grid = shares.bounds(slice(None))

    off = [abs(grid[n, m] - areas.iou(a[n], b[m])) for n in range(40) for m in range(40)]
    assert max(off) < 0.12
    assert sum(off) / len(off) < 0.01
