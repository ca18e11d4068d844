"""Numbers as people say them."""

import pytest

from labeling.handout.records import Record
from labeling.web import figures


def plain(text):
    return text.replace(figures.SPACE, " ")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than 1 s"),
        (0.4, "less than 1 s"),
        (1, "1 s"),
        (20.4, "20 s"),
        (59, "59 s"),
        (90, "2 min"),
        (3000, "50 min"),
        (3600, "60 min"),
        (5400, "2 h"),
        (47 * 3600, "2 days"),
        (86_400, "24 h"),
        (20 * 86_400, "20 days"),
    ],
)
def test_times_are_one_number(seconds, words):
    assert plain(figures.duration(seconds)) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (0.001, "1 %"),
        (0.5, "50 %"),
        (0.974, "97 %"),
        (0.999, "99 %"),
        (1, "100 %"),
    ],
)
def test_nearly_all_is_not_all(share, words):
    assert plain(figures.percent(share)) == words


def test_a_record_is_one_plain_line():
    record = Record(
        decided_count=100,
        accepted_count=97,
        final_count=3,
        appeals_count=2,
        appeals_lost_count=1,
        approval_share=0.97,
        median_accept_seconds=7200,
        median_hourly_units=4_101_234,
    )

    line = plain(figures.record_line(record))

    assert line == (
        "Usually pays after 2 h · 97 % accepted · 1 appeal lost · about 4.10 tUSD an hour"
    )
    assert ("Appeals lost to labelers", "1 of 2") in figures.record_rows(record)


def test_of_a_newcomer_the_line_says_so():
    assert figures.record_line(Record()) == "Too new here to say"
    rows = dict(figures.record_rows(Record()))
    assert rows["From answer to pay (median)"] == "not known yet"
    assert rows["Appeals lost to labelers"] == "none decided"


def test_appeals_lost_are_never_hidden():
    assert figures.record_line(Record(appeals_count=1, appeals_lost_count=1)) == "1 appeal lost"
