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


POINT = ["en", "hi", "ar", "sw"]
COMMA = ["es", "fr", "pt", "uk", "vi", "id"]
BOTH_WAYS = [
    ("12", 12_000_000),
    (" 1234,50 ", 1_234_500_000),
    ("1234.50", 1_234_500_000),
    ("0,123", 123_000),
    ("0.123", 123_000),
    ("1234.567", 1_234_567_000),
    ("1,23", 1_230_000),
    ("1.2345", 1_234_500),
    ("1\u00a0234,5", 1_234_500_000),
    ("١٢٫٥", 12_500_000),
    ("१२.५", 12_500_000),
]


@pytest.mark.parametrize("language", POINT + COMMA)
@pytest.mark.parametrize(("text", "units"), BOTH_WAYS)
def test_an_amount_is_read_with_either_sign(language, text, units):
    with translation.override(language):
        assert money.read(text) == units


@pytest.mark.parametrize("languages", [POINT, COMMA])
def test_the_thousands_of_others_are_no_decimals_of_ours(languages):
    own, other = (".", ",") if languages is POINT else (",", ".")
    for language in languages:
        with translation.override(language):
            assert money.read(f"1{own}234") == 1_234_000
            with pytest.raises(money.TwoReadings) as refused:
                money.read(f"1{other}234")
            assert "1234" in str(refused.value)
            assert f"1{own}234" in str(refused.value)


@pytest.mark.parametrize("language", POINT + COMMA)
@pytest.mark.parametrize("units", [0, 1, 500_000, 1_234_000, 123_456_789_012, 10**15])
def test_what_a_page_shows_can_be_typed(language, units):
    with translation.override(language):
        assert money.read(money.typed(units)) == money.read(money.number(units)) == units


@pytest.mark.parametrize("language", POINT + COMMA)
@pytest.mark.parametrize(
    "text",
    [
        *("", "all", "-1", "1e3", "1..2", "1,234,567", "1.2.3", "12 34", "0.0000001", "5.", "1_0"),
        *("1,50.00", "1.50,00", "1,23.5", "1.23,5", "0 500", "0,500.0", "0.500,0", "1 23,5"),
    ],
)
def test_what_is_no_amount_is_refused_with_an_example(language, text):
    with translation.override(language):
        with pytest.raises(money.InvalidAmount) as refused:
            money.read(text)
        assert f"12{money.decimal_sign()}34" in str(refused.value)


@pytest.mark.parametrize("text", ["1" + "0" * 12, "9" * 5000, "1" + "0" * 12 + ".5"])
def test_an_amount_larger_than_any_is_called_so(text):
    for reader in (money.parse, money.read):
        with pytest.raises(money.TooLarge, match="too large"):
            reader(text)
