"""What the bank keeps of a person, for their dossier: balances, the book's lines, payouts."""

from collections.abc import Iterable, Iterator
from typing import Any

from payments import explorer, money, payouts, purses, solvency, statements
from payments.models import Payout, Wallet

Row = dict[str, Any]


def sections(person_id: int) -> Iterator[tuple[str, Iterable[Row]]]:
    """Name and rows, the oldest first; amounts are decimal strings."""
    holder = f"person:{person_id}"
    purse_id = purses.find(holder)
    totals = statements.totals(purse_id)
    yield "balances", [{name: money.format(units) for name, units in totals.items()}]
    yield "statement", (_line(row) for row in statements.whole(purse_id))
    yield "payouts", (_payout(one) for one in _payouts(holder))
    yield "payout_wallets", _wallets(holder)
    yield "proofs_of_balance", solvency.proofs(holder)


def _line(row: statements.Row) -> Row:
    return {
        "id": row.id,
        "at": row.at,
        "kind": row.kind,
        "amount": money.format(row.amount_units),
        "cause": row.cause,
        "tx_hash": row.tx_hash,
        "explorer_url": row.explorer_url,
        "links": row.links,
    }


def _payouts(holder: str) -> Iterable[Payout]:
    return payouts.of_holder(holder).order_by("requested_at", "id").iterator()


def _payout(payout: Payout) -> Row:
    names = ("id", "address", "state", "reason", "tx_hash", "requested_at", "ended_at")
    return {
        **{name: getattr(payout, name) for name in names},
        "amount": money.format(payout.amount_units),
        "explorer_url": explorer.tx_url(payout.tx_hash),
        "address_url": explorer.address_url(payout.address),
    }


def _wallets(holder: str) -> Iterable[Row]:
    found = Wallet.objects.filter(purse__holder=holder).order_by("named_at", "id")
    names = ("address", "named_at", "usable_from", "confirmed_by", "ended_at")
    for one in found.values(*names).iterator():
        yield one | {"explorer_url": explorer.address_url(one["address"])}
