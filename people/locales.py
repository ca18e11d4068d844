"""Numbers and times as the reader's language writes them, always with the digits 0 to 9."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from django.conf import settings
from django.utils import timezone, translation

from people import codes

ENGLISH = "en_GB"  # day before month, and 24 hours
SPACE = "\u00a0"  # an amount and its token stay in one line


@lru_cache
def named(language: str) -> Locale:
    """What is known of a language of ours."""
    return Locale.parse(ENGLISH) if language == "en" else Locale.parse(language, sep="-")


def current() -> Locale:
    """That of the reader."""
    return named(translation.get_language() or "en")


def number(value: int | float | Decimal) -> str:
    """Such as `12,345.6`."""
    return format_decimal(value, locale=current())


def exact(value: int | float | Decimal) -> str:
    """Such as `12,345.6789`: all digits that it has."""
    return format_decimal(value, locale=current(), decimal_quantization=False)


def amount(decimal: str) -> str:
    """A decimal string of the API with its token, such as `1,234.50 tUSD`: two to six decimals.

    As the bank writes its units (`payments.money.written`), whom people do not know.
    """
    whole, _, _ = current().decimal_formats[None].pattern.partition(".")
    written = format_decimal(Decimal(decimal), f"{whole}.00####", locale=current())
    return f"{written}{SPACE}{settings.NETWORK.token}"


def day(on: datetime | date) -> str:
    """Such as `26 Nov 2026`, in UTC."""
    in_utc = timezone.localtime(on, UTC) if isinstance(on, datetime) else on
    return format_date(in_utc, "medium", locale=current())


def short_day(on: date) -> str:
    """Such as `26 Nov`, where the year goes without saying."""
    return format_skeleton("MMMd", on, locale=current())


def month(first: date) -> str:
    """Such as `Nov 2026`."""
    return format_skeleton("yMMM", first, locale=current())


def moment(at: datetime) -> str:
    """Such as `26 Nov 2026, 03:39 UTC`, to the minute."""
    here, when = current(), timezone.localtime(at, UTC)
    joined = here.datetime_formats["medium"]
    time, date = format_time(when, "short", locale=here), format_date(when, "medium", locale=here)
    return f"{joined.format(time, date)} UTC"


def score(share: float) -> str:
    """Such as `0.85`: two digits, whatever they are."""
    return format_decimal(share, "0.00", locale=current())


def percent(share: float) -> str:
    """Such as `85 %` or `85.5 %`: a tenth at most, rounded down: what falls short says so."""
    tenths = math.floor(round(share * 1000, 6))
    written = translation.gettext("%(share)s %%") % {"share": number(tenths / 10)}
    return written.replace(" ", SPACE)


def language(code: str) -> str:
    """The name of a language (ISO 639-1), such as `French`."""
    return current().languages.get(code) or codes.LANGUAGES.get(code, code)


def country(code: str) -> str:
    """The name of a country (ISO 3166-1), such as `Senegal`."""
    return current().territories.get(code) or codes.COUNTRIES.get(code, code)


def either(names: list[str]) -> str:
    """Such as `French, Arabic or Wolof`."""
    return format_list(names, "or", locale=current())


def both(names: list[str]) -> str:
    """Such as `French, Arabic and Wolof`."""
    return format_list(names, "standard", locale=current())
