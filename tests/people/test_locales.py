"""Numbers and times as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.utils import translation

from payments import money
from people import locales

AT = datetime(2026, 11, 26, 3, 39, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "1,234,567.5"),
        ("es", "1.234.567,5"),
        ("fr", "1\u202f234\u202f567,5"),
        ("hi", "12,34,567.5"),
        ("ar", "1,234,567.5"),
        ("uk", "1\u00a0234\u00a0567,5"),
        ("id", "1.234.567,5"),
    ],
)
def test_numbers(language, written):
    with translation.override(language):
        assert locales.number(1_234_567.5) == written


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "26 Nov 2026"),
        ("es", "26 nov 2026"),
        ("pt", "26 de nov. de 2026"),
        ("hi", "26 नव॰ 2026"),
        ("sw", "26 Nov 2026"),
    ],
)
def test_days(language, day):
    with translation.override(language):
        assert locales.day(AT) == locales.day(date(2026, 11, 26)) == day


def test_moments_are_to_the_minute_and_in_utc():
    with translation.override("en"):
        assert locales.moment(AT) == "26 Nov 2026, 03:39 UTC"
    with translation.override("uk"):
        assert locales.moment(AT) == "26 лист. 2026\u202fр., 03:39 UTC"


def test_names_of_languages_and_countries():
    with translation.override("uk"):
        assert locales.either([locales.language("fr"), locales.language("wo")]) == (
            "французька або волоф"
        )
        assert locales.country("SN") == "Сенегал"


def test_lists_as_they_are_said():
    with translation.override("en"):
        assert locales.either(["a", "b", "c"]) == "a, b or c"
        assert locales.both(["a", "b", "c"]) == "a, b and c"
        assert locales.both(["a"]) == "a"


def test_a_day_without_its_year():
    for language, day in (("en", "26 Nov"), ("es", "26 nov"), ("vi", "26 thg 11")):
        with translation.override(language):
            assert locales.short_day(AT.date()) == day


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_amounts_are_written_as_the_bank_writes_them(language):
    with translation.override(language):
        for units in (0, 50, 1_500_000, 1_234_567_890_123):
            assert locales.amount(money.format(units)) == money.written(units)
