"""Amounts at the door."""

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from payments import money


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0.05", 50_000),
        ("1", 1_000_000),
        ("0", 0),
        ("12.345678", 12_345_678),
        ("007.10", 7_100_000),
    ],
)
def test_a_decimal_string_is_units(text, units):
    assert money.parse(text) == units


@pytest.mark.parametrize(
    "text",
    [
        *("-1", "0.0000001", "1e3", "NaN", "inf", "", " 1", "1 ", "1,5", ".5", "5.", "+1"),
        *("٣", "1_000", "9" * 13, None, 1.5, 5, True, ["1"]),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(money.InvalidAmount) as refused:
        money.parse(text)

    assert (refused.value.code, refused.value.http_status) == ("invalid_amount", 400)


@pytest.mark.parametrize(
    ("units", "text"),
    [(50_000, "0.05"), (1_000_000, "1.00"), (1, "0.000001"), (-80_000, "-0.08"), (0, "0.00")],
)
def test_units_are_a_decimal_string(units, text):
    assert money.format(units) == text


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_what_is_written_is_read_again(units):
    assert money.parse(money.format(units)) == units


@pytest.mark.parametrize(
    ("basis_points", "units", "fee"),
    [(500, 50_000, 2_500), (500, 19, 0), (333, 10_000, 333), (0, 5, 0)],
)
def test_fees_round_down(settings, basis_points, units, fee):
    settings.STIPEND_FEE_BASIS_POINTS = basis_points

    assert money.fee(units) == fee


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "1,234,567.50\u00a0tUSD"),
        ("es", "1.234.567,50\u00a0tUSD"),
        ("fr", "1\u202f234\u202f567,50\u00a0tUSD"),
        ("hi", "12,34,567.50\u00a0tUSD"),
        ("ar", "1,234,567.50\u00a0tUSD"),
        ("sw", "1,234,567.50\u00a0tUSD"),
    ],
)
def test_people_read_amounts_in_their_language(language, written):
    with translation.override(language):
        assert money.written(1_234_567_500_000) == written


def test_people_read_as_many_decimals_as_there_are():
    with translation.override("pt"):
        assert money.number(1) == "0,000001"
        assert money.number(50_000) == "0,05"
        assert money.number(-2_000_000) == "-2,00"


@pytest.mark.parametrize("amount", [50_000, "0.05"])
def test_pages_write_units_and_the_apis_strings_alike(amount):
    page = Template("{% load money %}{{ amount|money }}")

    with translation.override("es"):
        assert page.render(Context({"amount": amount})) == "0,05\u00a0tUSD"


def test_pages_write_nothing_for_nothing():
    assert Template("{% load money %}{{ amount|money }}").render(Context({"amount": None})) == ""
