"""Amounts: whole base units inside, decimal strings at the door. One unit is 0.000001."""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

DECIMALS = 6
UNITS_PER_DOLLAR = 10**DECIMALS
DIGITS_LIMIT = 12  # in front of the point: far above any supply, far below a bigint's end
SHAPE = re.compile(rf"(\d{{1,{DIGITS_LIMIT}}})(?:\.(\d{{1,{DECIMALS}}}))?", re.ASCII)
BASIS_POINTS = 10_000
SPACE = "\u00a0"  # an amount and its token stay in one line


class InvalidAmount(ValueError):
    """What came in at the door is no amount."""

    code = "invalid_amount"
    http_status = 400

    message = _("Write an amount as 12.34: digits, and at most six of them behind a point.")

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)
        self.data: dict[str, str] = {}


def parse(text: object) -> int:
    """The units of a decimal string such as "0.05"; raises InvalidAmount."""
    found = SHAPE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise InvalidAmount()
    whole, decimals = found.groups()
    return int(whole) * UNITS_PER_DOLLAR + int((decimals or "").ljust(DECIMALS, "0"))


def format(units: int) -> str:
    """The decimal string of an amount, with two to six decimals and no others than needed."""
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), UNITS_PER_DOLLAR)
    decimals = f"{rest:0{DECIMALS}}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{decimals}"


def written(units: int) -> str:
    """The amount as people read it, in their language and with its token: `1,234.50 tUSD`."""
    return f"{number(units)}{SPACE}{settings.NETWORK.token}"


def number(units: int) -> str:
    """The amount as people read it, where the token is named elsewhere: `1,234.50`."""
    locale, pattern = _locale(get_language() or "en")
    return pattern.apply(Decimal(units) / UNITS_PER_DOLLAR, locale)


@lru_cache
def _locale(language: str) -> tuple[Locale, NumberPattern]:
    locale = Locale.parse(language, sep="-")
    whole, _, _ = locale.decimal_formats[None].pattern.partition(".")
    return locale, parse_pattern(f"{whole}.00{'#' * (DECIMALS - 2)}")


def fee(units: int) -> int:
    """The house's share on top of a price, in units, rounded down."""
    return units * settings.STIPEND_FEE_BASIS_POINTS // BASIS_POINTS
