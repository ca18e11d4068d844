"""Simulated labelers err as often as they should, and always in the same way."""

from io import StringIO

import pytest

from demo import digits, labelers
from demo.labelers import Labeler
from demo.progress import Bar
from demo.wire import Client
from labeling.answers import parse


def person(name: str, rate: float) -> Labeler:
    return Labeler(name, f"L-{name}", rate, "0x", Client("http://127.0.0.1"))


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.2, 1.0])
def test_errors_come_at_the_rate(rate):
    truth = digits.truth()
    someone = person("ana", rate)

    wrong = sum(someone.sees(image, truth) != digit for image, digit in truth.items())

    assert wrong / len(truth) == pytest.approx(rate, abs=0.025)


def test_same_person_sees_the_same_again_and_another_errs_elsewhere():
    truth = digits.truth()
    seen = [
        [person(name, 0.2).sees(image, truth) for image in truth] for name in ("ana", "ana", "bo")
    ]

    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_digits_are_the_real_ones():
    truth = digits.truth()

    assert len(truth) == digits.COUNT
    assert list(truth)[:3] == [f"/images/digits/{number}.png" for number in range(3)]
    assert [list(truth.values()).count(digit) for digit in range(10)] == [
        *(178, 182, 177, 183, 181, 182, 181, 179, 174, 180)
    ]


def test_answers_fit_the_configuration():
    config = parse(digits.CONFIG)
    config.validate_data({"image": "/images/digits/0.png"})

    given = [config.validate(digits.result(digit)) for digit in (7, 7, 1)]

    assert digits.read(config.result(config.consensus(given))) == 7


def test_error_rates_take_turns():
    assert [labelers.error_rate(position) for position in (0, 5, 6)] == [0.01, 0.20, 0.01]


def test_bar_without_a_terminal_takes_a_line_a_quarter():
    out = StringIO()

    with Bar("labels", total=200, is_rated=True, out=out) as bar:
        for _ in range(200):
            bar.add()

    lines = out.getvalue().splitlines()
    assert all("a second" in line for line in lines)
    assert [line.split("]")[1].split()[0] for line in lines] == ["25%", "50%", "75%", "100%"]
    assert "200 of 200" in lines[-1]
    assert lines[-1].startswith("  labels     [##############################]")
