"""Statements: what came in, what went out, and which transfer on chain paid what.

A purse's earnings leave in the order they came: the n-th dollar paid out is the n-th earned.
So a release was paid by the payout in whose span of dollars its own last one lies. Only settled
payouts count, in the order of the book: an answer once given never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum

from payments.models import Account, Entry, Line, Payout

PAID_BY = """
WITH payee AS (
    SELECT DISTINCT account.id AS account_id, account.purse_id
    FROM payments_entry AS entry
    JOIN payments_line AS line ON line.entry_id = entry.id
    JOIN payments_account AS account ON account.id = line.account_id AND account.kind = 'EARNED'
    WHERE entry.key = ANY(%(keys)s)
), earned AS (
    SELECT entry.key, entry.id AS entry_id, payee.purse_id,
        sum(line.amount_units) OVER (PARTITION BY line.account_id ORDER BY line.id) AS up_to_units
    FROM payee
    JOIN payments_line AS line ON line.account_id = payee.account_id
    JOIN payments_entry AS entry ON entry.id = line.entry_id AND entry.kind = 'release'
), left_house AS (
    SELECT payee.purse_id, payout.tx_hash,
        sum(payout.amount_units) OVER span AS up_to_units,
        sum(payout.amount_units) OVER span - payout.amount_units AS from_units
    FROM payee
    JOIN payments_account AS leaving
        ON leaving.purse_id = payee.purse_id AND leaving.kind = 'LEAVING'
    JOIN payments_line AS line ON line.account_id = leaving.id
    JOIN payments_entry AS entry ON entry.id = line.entry_id AND entry.kind = 'settle'
    JOIN payments_payout AS payout
        ON payout.id = substr(entry.key, length('settle:') + 1)::uuid AND payout.source = 'EARNED'
    WINDOW span AS (PARTITION BY line.account_id ORDER BY line.id)
)
SELECT earned.key, earned.entry_id, left_house.tx_hash
FROM earned LEFT JOIN left_house ON left_house.purse_id = earned.purse_id
    AND earned.up_to_units > left_house.from_units
    AND earned.up_to_units <= left_house.up_to_units
WHERE earned.key = ANY(%(keys)s)
"""


def payments_of(keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each of these release keys that was posted, its entry and the tx that paid it, if any."""
    with connection.cursor() as cursor:
        cursor.execute(PAID_BY, {"keys": list(keys)})
        return {
            key: {"entry": entry_id, "tx_hash": tx_hash or None}
            for key, entry_id, tx_hash in cursor.fetchall()
        }


def lines(purse_id: UUID | None) -> QuerySet[Line]:
    """What changed the earnings of this purse, newest first."""
    found = Line.objects.filter(account__purse=purse_id, account__kind=Account.Kind.EARNED)
    return found.select_related("entry").order_by("-id")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a statement. Units are negative when they left."""

    id: int
    at: datetime
    kind: str
    amount_units: int
    cause: str
    tx_hash: str | None


def rows(found: Sequence[Line]) -> list[Row]:
    """These lines with the chain tx that paid them or carried them out, where there is one."""
    released = [line.entry.key for line in found if line.entry.kind == Entry.Kind.RELEASE]
    paid = payments_of(released) if released else {}
    hash_of = {key: payment["tx_hash"] for key, payment in paid.items()}
    payout_keys = [line.entry.key for line in found if line.entry.kind == Entry.Kind.PAYOUT]
    ids = [key.removeprefix("payout:") for key in payout_keys]
    for payout in Payout.objects.filter(pk__in=ids, state=Payout.State.PAID):
        hash_of[f"payout:{payout.pk}"] = payout.tx_hash
    return [
        Row(
            id=line.pk,
            at=line.entry.created_at,
            kind=line.entry.kind,
            amount_units=line.amount_units,
            cause=line.entry.cause,
            tx_hash=hash_of.get(line.entry.key),
        )
        for line in found
    ]


def totals(purse_id: UUID | None) -> dict[str, int]:
    """Units by what they are to a person: earned (to be taken out), leaving, paid, funds."""
    accounts = dict(Account.objects.filter(purse=purse_id).values_list("kind", "balance_units"))
    paid = Payout.objects.filter(purse=purse_id, state=Payout.State.PAID)
    return {
        "earned": accounts.get("EARNED", 0),
        "leaving": accounts.get("LEAVING", 0),
        "paid": paid.aggregate(sum=Sum("amount_units"))["sum"] or 0,
        "funds": accounts.get("FUNDS", 0),
    }
