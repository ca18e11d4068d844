"""How much two areas overlap, held against what can be counted."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.answers import areas
from labeling.answers.areas import Area

corners = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=7)
FINE = 40  # points counted on a side of a unit


def inside(points, x, y):
    """Whether a ray to the left crosses the edges an odd number of times."""
    odd = False
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        if (y1 > y) != (y2 > y) and x > x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd


@settings(max_examples=15, deadline=None)
@given(corners, corners)
def test_overlap_is_what_counting_points_says(a, b):
    steps = [(step + 0.5) / (FINE / 10) for step in range(12 * FINE // 10)]
    first = {(x, y) for x in steps for y in steps if inside(a, x, y)}
    second = {(x, y) for x in steps for y in steps if inside(b, x, y)}
    one, other = Area.of(a), Area.of(b)

    assert one.size == pytest.approx(len(first) * (10 / FINE) ** 2, abs=6)
    counted = len(first & second) / len(first | second) if first | second else 0
    if one.size > 10 and other.size > 10:
        assert areas.iou(one, other) == pytest.approx(counted, abs=0.1)


@settings(max_examples=50)
@given(corners, corners, st.integers(0, 6))
def test_overlap_depends_neither_on_order_nor_on_where_an_area_begins(a, b, turn):
    one, other = Area.of(a), Area.of(b)
    turned = Area.of((a[turn % len(a) :] + a[: turn % len(a)])[::-1])

    assert areas.iou(one, other) == areas.iou(other, one)
    assert areas.iou(turned, other) == pytest.approx(areas.iou(one, other), abs=1e-9)
    assert 0 <= areas.iou(one, other) <= 1
    if one.size:
        assert areas.iou(one, turned) == pytest.approx(1, abs=1e-9)


def test_sizes_are_exact():
    ell = Area.of([(0, 0), (4, 0), (4, 1), (1, 1), (1, 4), (0, 4)])
    star = Area.of([(0, 3), (10, 3), (2, 9), (5, 0), (8, 9)])  # crosses itself

    assert ell.size == 7
    assert areas.iou(ell, Area.of([(0, 0), (1, 0), (1, 1), (0, 1)])) == pytest.approx(1 / 7)
    assert 0 < star.size < 90


def test_no_drawing_makes_the_comparison_long():
    """Three hundred corners that cross each other everywhere."""
    zigzag = [(n * 331 % 1000, n * 577 % 997) for n in range(300)]
    other = [(n * 733 % 1000, n * 211 % 997) for n in range(300)]
    begun = time.process_time()

    share = areas.iou(Area.of(zigzag), Area.of(other))

    assert 0 < share < 1
    assert time.process_time() - begun < 2
