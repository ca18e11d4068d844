"""How much two answers agree, and what many mean together: by example, control by control."""

from itertools import pairwise

import pytest

from labeling.answers.regions.paragraphs import Passage
from labeling.answers.regions.polygons import Polygon
from labeling.answers.regions.segments import SECOND, Segment
from labeling.answers.regions.shapes import PERCENT, Point
from tests.labeling.answers.strategies import CONFIG

A, AB, ABC, AD, B = ("A",), ("A", "B"), ("A", "B", "C"), ("A", "D"), ("B",)


def rank(order):
    return (("rank", tuple(order)),)


def buckets(good, bad, rest=None):
    columns = (("good", tuple(good)), ("bad", tuple(bad)))
    return columns if rest is None else (("_", tuple(rest)), *columns)


def segment(start, end, label="P", channel=0):
    return Segment(round(start * SECOND), round(end * SECOND), label, channel)


def area(*corners, label="P"):
    return Polygon(tuple((x * PERCENT, y * PERCENT) for x, y in corners), label)


def point(x, y, label="P"):
    return Point(round(x * PERCENT), round(y * PERCENT), label, PERCENT)


SQUARE = area((0, 0), (20, 0), (20, 20), (0, 20))
TURNED = area((20, 20), (0, 20), (0, 0), (20, 0))
HALF = area((0, 0), (20, 0), (0, 20))
CROSSED = area((0, 0), (20, 20), (20, 0), (0, 20))
FAR = area((80, 80), (90, 80), (90, 90))


@pytest.mark.parametrize(
    ("name", "a", "b", "agreement"),
    [
        ("tree", (ABC,), (ABC,), 1),
        ("tree", (ABC,), (AD,), 1 / 4),
        ("tree", (ABC,), (AB,), 2 / 3),
        ("tree", (AD,), (B,), 0),
        ("number", 5, -5, 0.5),
        ("number", 10, -10, 0),
        ("any", 100, 90, 0.9),
        ("any", 100, -100, 0),
        ("any", 0, 0, 1),
        ("day", "2024-02-29", "2024-03-01", 1 / 3),
        ("time", "08:00", "08:30", 1 / 2),
        ("year", "2024-01-01", "2023-01-01", 1 / 3),
        ("month", "06/2024", "12/2024", 1 / 2),
        ("pair", "left", "right", 0),
        ("rank", rank("abcd"), rank("abcd"), 1),
        ("rank", rank("abcd"), rank("dcba"), 0),
        ("rank", rank("abcd"), rank("abdc"), 5 / 6),
        ("sorted", buckets("a", "b"), buckets("b", "a"), 0),
        ("sorted", buckets("ab", "c"), buckets("ab", "", "cd"), 2 / 3),
        ("sorted", buckets("", ""), buckets("", "", "abcd"), 1),
        ("segments", (segment(0, 2),), (segment(1, 3),), 1 / 3),
        ("segments", (segment(0, 2),), (segment(0, 2, channel=1),), 0),
        ("points", (point(10, 10),), (point(13, 14),), 0.5),
        ("points", (point(10, 10),), (point(25, 10),), 0),
        ("areas", (SQUARE,), (TURNED,), 1),
        ("areas", (SQUARE,), (HALF,), 0.5),
        ("areas", (SQUARE,), (CROSSED,), 0.5),
        ("areas", (HALF,), (CROSSED,), 1 / 3),
        ("areas", (SQUARE,), (FAR,), 0),
    ],
)
def test_agreement_by_example(name, a, b, agreement):
    control = CONFIG.controls[name]

    assert control.agree(a, b) == pytest.approx(agreement, abs=1e-9)
    assert control.agree(b, a) == control.agree(a, b)


def passage(start, end, text):
    return Passage(start, end, "P", text)


@pytest.mark.parametrize(
    ("a", "b", "agreement"),
    [
        (passage((0, 0), (0, 4), "four"), passage((0, 2), (0, 6), "urfi"), 2 / 6),
        (passage((0, 2), (1, 3), "ab\ncde"), passage((1, 0), (1, 3), "cde"), 3 / 5),
        (passage((0, 2), (2, 1), "ab\ncdef\ng"), passage((1, 0), (2, 1), "cdef\ng"), 5 / 7),
        (passage((0, 2), (0, 4), "ab"), passage((1, 2), (1, 4), "ab"), 0),
    ],
)
def test_spans_of_dialogues_overlap_turn_by_turn(a, b, agreement):
    assert CONFIG.controls["passages"].agree((a,), (b,)) == pytest.approx(agreement)


@pytest.mark.parametrize(
    ("name", "answers", "merged"),
    [
        ("tree", [(ABC,), (ABC, B), (AD, B)], (ABC, B)),
        ("tree", [(AD,), (ABC,)], (ABC,)),
        ("leaf", [(AB,), (("D",),), (("D",),)], (("D",),)),
        ("number", [1, 9, 3], 3),
        ("number", [1, 9], 1),
        ("day", ["2024-01-01", "2024-06-01", "2024-02-01"], "2024-02-01"),
        ("day", ["2024-09-09", "2024-01-01", "2024-09-09"], "2024-09-09"),
        ("pair", ["right", "left", "right"], "right"),
        ("pair", ["right", "left"], "left"),
        ("rank", [rank("abcd"), rank("abdc"), rank("dabc")], rank("abdc")),
        ("sorted", [buckets("a", "b"), buckets("a", "c"), buckets("", "b")], buckets("a", "b")),
        ("segments", [(segment(0, 2),), (segment(0.2, 2),), (segment(0.1, 2.4),)], None),
        ("points", [(point(10, 10),), (point(11, 12),), (point(12, 11),)], (point(11, 11),)),
        ("areas", [(SQUARE,), (SQUARE,), (HALF,)], (SQUARE,)),
        ("areas", [(FAR,), (), ()], ()),
    ],
)
def test_consensus_by_example(name, answers, merged):
    wanted = (segment(0.1, 2),) if merged is None else merged

    assert CONFIG.controls[name].merge(answers) == wanted


def test_most_people_want_each_item_of_a_merged_ranking_before_the_next():
    """Borda alone would put b first: two of three people want a before b."""
    answers = [rank("abcd"), rank("acbd"), rank("bcda")]

    ((_, order),) = CONFIG.controls["rank"].merge(answers)

    for first, second in pairwise(order):
        before = sum(one[0][1].index(first) < one[0][1].index(second) for one in answers)
        assert before * 2 >= len(answers)
