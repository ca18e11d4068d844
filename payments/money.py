"""Amounts: whole base units inside, decimal strings at the door. One unit is 0.000001."""

import re

from django.conf import settings

DECIMALS = 6
UNITS_PER_DOLLAR = 10**DECIMALS
DIGITS_LIMIT = 12  # in front of the point: far above any supply, far below a bigint's end
SHAPE = re.compile(rf"(\d{{1,{DIGITS_LIMIT}}})(?:\.(\d{{1,{DECIMALS}}}))?", re.ASCII)
BASIS_POINTS = 10_000


class InvalidAmount(ValueError):
    """What came in at the door is no amount."""

    code = "invalid_amount"
    http_status = 400

    message = "Write an amount as 12.34: digits, and at most six of them behind a point."

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


def fee(units: int) -> int:
    """The house's share on top of a price, in units, rounded down."""
    return units * settings.STIPEND_FEE_BASIS_POINTS // BASIS_POINTS
