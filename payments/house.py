"""The house's own money: fees are swept out of the purses they were earned in, and paid out.

On the way of a label fees stay in the project's purse, where no two projects wait for each other.
A sweep brings them together now and then; to let them leave takes two admins.
"""

from uuid import UUID

from django.db.models import Max
from django.db.transaction import atomic

from payments import ledger, money, payouts, purses
from payments.errors import BelowMinimum
from payments.ledger import Posting
from payments.models import Account, Entry, Payout

Kind = Account.Kind
PURSES = 200  # swept in one transaction


def funds_units() -> int:
    """What the house can pay out now."""
    purse_id = purses.find(purses.HOUSE)
    return ledger.balances(purse_id).get(Kind.FUNDS, 0) if purse_id else 0


def unswept_units() -> int:
    """What it has earned in the purses of projects."""
    fees = Account.objects.filter(kind=Kind.FEES).values_list("balance_units", flat=True)
    return sum(fees)


def sweep() -> int:
    """The units that were swept: every purse's FEES → FUNDS of the house. Twice is once."""
    due = Account.objects.filter(kind=Kind.FEES, balance_units__gt=0).order_by("pk")
    ids = list(due.values_list("purse_id", flat=True))
    return sum(_sweep(ids[at : at + PURSES]) for at in range(0, len(ids), PURSES))


@atomic
def _sweep(purse_ids: list[UUID]) -> int:
    """The key names the last line that is swept: the same fees have the same key."""
    house_id = purses.open(purses.HOUSE)
    ledger.lock([*((one, Kind.FEES) for one in purse_ids), (house_id, Kind.FUNDS)])
    fees = Account.objects.filter(purse__in=purse_ids, kind=Kind.FEES, balance_units__gt=0)
    found = fees.annotate(last=Max("lines__id")).order_by("pk")
    postings = [_posting(one, house_id) for one in found]
    ledger.post_all(postings)
    return sum(one.balance_units for one in found)


def _posting(fees: Account, house_id: UUID) -> Posting:
    units = fees.balance_units
    moves = [(fees.purse_id, Kind.FEES, -units), (house_id, Kind.FUNDS, units)]
    key = f"sweep:{fees.pk}:{fees.last}"  # type: ignore[attr-defined]
    return Posting(key=key, kind=Entry.Kind.SWEEP, moves=moves, cause="fees")


def pay_out(*, amount_units: int, address: object, key: str) -> Payout:
    """A payout of the house's FUNDS, which waits for two admins; once for this key.

    Raises BelowMinimum, MalformedAddress, BlockedWallet, InsufficientFunds, KeyReused.
    """
    if amount_units <= 0:
        raise BelowMinimum("A payout is more than nothing.", minimum=money.format(1))
    return payouts.send(purses.HOUSE, amount_units=amount_units, address=address, key=key)
