"""The filter `money`: amounts as the reader's language writes them."""

from decimal import Decimal

from django import template

from payments import money

register = template.Library()


@register.filter("money")
def written(amount: int | str) -> str:
    """Units, or the decimal string of the API, as `1,234.50 tUSD`; nothing for nothing."""
    if amount in (None, ""):
        return ""
    is_text = isinstance(amount, str)
    return money.written(int(Decimal(amount) * money.UNITS_PER_DOLLAR) if is_text else amount)
