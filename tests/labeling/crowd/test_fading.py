"""What of each event still counts, by hand."""

import pytest

from labeling.crowd import fading
from labeling.crowd.fading import Mark


def test_nothing_counts_for_nothing():
    assert fading.counting([]) == {}


def test_what_comes_lets_what_was_fade_by_its_weight():
    marks = [Mark(1, "a", 1.0, 0.0), Mark(2, "b", 0.0, 1.0), Mark(3, "c", 0.25, 0.25)]

    counts = fading.counting(marks)

    assert counts[1] == pytest.approx((0.99 * 0.99**0.5, 0))
    assert counts[2] == pytest.approx((0, 0.99**0.5))
    assert counts[3] == (0.25, 0.25)


def test_within_a_batch_nothing_fades():
    assert fading.counting([Mark(1, "a", 1.0, 0.0), Mark(2, "a", 0.0, 1.0)]) == {
        1: (1.0, 0.0),
        2: (0.0, 1.0),
    }


def test_no_more_is_taken_back_than_there_is():
    marks = [Mark(1, "a", 0.0, 1.0), Mark(2, "b", 1.0, 0.0), Mark(3, "c", 0.0, -1.0)]

    counts = fading.counting(marks)

    assert counts[1] == pytest.approx((0, 0.99))
    assert counts[3] == pytest.approx((0, -0.99))
    assert sum(wrong for _, wrong in counts.values()) == pytest.approx(0)


def test_what_cancels_itself_fades_nothing():
    marks = [Mark(1, "a", 1.0, 0.0), Mark(2, "b", 0.0, 1.0), Mark(3, "b", 0.0, -1.0)]

    assert fading.counting(marks) == {1: (1.0, 0.0), 2: (0.0, 1.0), 3: (0.0, -1.0)}
