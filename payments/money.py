"""Amounts: whole base units inside, decimal strings at the door. One unit is 0.000001."""

import re
import unicodedata
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
SHAPE = re.compile(rf"(\d+)(?:\.(\d{{1,{DECIMALS}}}))?", re.ASCII)
BASIS_POINTS = 10_000
# An amount as people write it; the last three digits of THOUSANDS may be decimals or not.
TYPED = re.compile(rf"(\d+)(?:([.,])(\d{{1,{DECIMALS}}}))?", re.ASCII)
THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
SPACED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?", re.ASCII)
SIGNS = {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u066b": ","}  # Arabic keyboards' decimals
UNREADABLE = _(
    "Write the amount as %(example)s: digits, nothing between the thousands, and at most six "
    "digits behind the sign."
)
SPACE = "\u00a0"  # an amount and its token stay in one line


class InvalidAmount(ValueError):
    """What came in at the door is no amount."""

    code = "invalid_amount"
    http_status = 400

    message = _("Write an amount as 12.34: digits, and at most six of them behind a point.")

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)
        self.data: dict[str, str] = {}


class TooLarge(InvalidAmount):
    """More than any supply of a token."""

    message = _("This amount is too large: at most twelve digits stand before the decimals.")


class TwoReadings(InvalidAmount):
    """1.234 is a thousand and more to some, and hardly more than one to others."""

    message = _("%(text)s can be read in two ways. Write %(large)s or %(small)s.")


def parse(text: object) -> int:
    """The units of a decimal string such as "0.05"; raises InvalidAmount, TooLarge."""
    found = SHAPE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise InvalidAmount()
    whole, decimals = found.groups()
    if len(whole) > DIGITS_LIMIT:
        raise TooLarge()
    return int(whole) * UNITS_PER_DOLLAR + int((decimals or "").ljust(DECIMALS, "0"))


def read(text: str) -> int:
    """The units of an amount as people write it in their language; raises InvalidAmount.

    Before the decimals stands their language's sign, or the other one, as some keyboards have no
    second; where that could be a sign between thousands, TwoReadings is raised. Spaces between
    thousands are taken, signs between them only before decimals.
    """
    own = decimal_sign()
    found = TYPED.fullmatch(_ungrouped(_in_ascii(text.strip()), own))
    if found is None:
        raise InvalidAmount(UNREADABLE % {"example": f"12{own}34"})
    whole, sign, decimals = found.groups()
    if sign and sign != own and THOUSANDS.fullmatch(found[0]):
        both = {"large": f"{whole}{decimals}", "small": f"{whole}{own}{decimals}"}
        raise TwoReadings(TwoReadings.message % {"text": found[0], **both})
    return parse(f"{whole}.{decimals}" if sign else whole)


def _in_ascii(text: str) -> str:
    return "".join(SIGNS.get(one, str(unicodedata.decimal(one, one))) for one in text)


def _ungrouped(text: str, own: str) -> str:
    other = {".": ",", ",": "."}[own]
    if SPACED.fullmatch(text):
        return text.replace(" ", "")
    thousands = rf"[1-9]\d{{0,2}}(?:[{other}]\d{{2,3}})*[{other}]\d{{3}}"  # in India 12,34,567
    is_grouped = re.fullmatch(rf"{thousands}[{own}]\d+", text, re.ASCII)
    return text.replace(other, "") if is_grouped else text


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


def typed(units: int) -> str:
    """The amount as people type it in their language, which `read` reads: `1234.50`."""
    return format(units).replace(".", decimal_sign())


def decimal_sign() -> str:
    """What stands before the decimals in the reader's language: a point or a comma."""
    locale, _pattern = _locale(get_language() or "en")
    return str(locale.number_symbols["latn"]["decimal"])


@lru_cache
def _locale(language: str) -> tuple[Locale, NumberPattern]:
    locale = Locale.parse(language, sep="-")
    whole, _, _ = locale.decimal_formats[None].pattern.partition(".")
    return locale, parse_pattern(f"{whole}.00{'#' * (DECIMALS - 2)}")


def fee(units: int) -> int:
    """The house's share on top of a price, in units, rounded down."""
    return units * settings.STIPEND_FEE_BASIS_POINTS // BASIS_POINTS
