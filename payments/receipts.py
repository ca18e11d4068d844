"""Receipts: of one payout, what it paid for, and where the chain keeps it.

Earnings leave in the order they came, as `statements` says: a payout paid for all work whose last
dollar lies in its span of dollars, and for all bonuses there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from payments import explorer, payouts
from payments.models import Network, Payout

WORKS_LIMIT = 1000  # on one receipt

# The lines of the span and an entry for each, whatever the statistics say, as in `statements`.
PAID_FOR = """
    SELECT entry.kind, entry.key, entry.cause, entry.created_at, line.amount_units,
        count(*) OVER ()
    FROM (
        SELECT entry_id, amount_units, up_to_units FROM payments_line
        WHERE account_id = (
            SELECT id FROM payments_account WHERE purse_id = %(purse)s AND kind = 'EARNED')
        AND up_to_units > %(from_units)s AND up_to_units <= %(up_to_units)s
        ORDER BY up_to_units OFFSET 0
    ) AS line CROSS JOIN LATERAL (
        SELECT kind, key, cause, created_at FROM payments_entry WHERE id = line.entry_id OFFSET 0
    ) AS entry
    ORDER BY line.up_to_units LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Work:
    """A piece of work, or a bonus, that a payout paid for, under the key of its entry."""

    kind: str  # "release" or "bonus"
    key: str
    cause: str
    earned_at: datetime
    amount_units: int


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A payout with its proofs; what is not known yet is None, and `works` are empty till then.

    `works_count` counts also those beyond WORKS_LIMIT.
    """

    payout: Payout
    network: str | None
    chain_id: int | None
    token_address: str | None
    batch_number: int | None
    block_number: int | None
    works: Sequence[Work]
    works_count: int

    @property
    def token_url(self) -> str | None:
        """Where a person can look at the token."""
        return explorer.address_url(self.token_address)


def of(payout_id: UUID, *, holder: str) -> Receipt:
    """The receipt of one of the holder's payouts; raises NotFound for anybody else's."""
    payout = payouts.get(payout_id, holder=holder)
    network = Network.objects.first()
    batch = payout.batch
    works, works_count = _works(payout)
    return Receipt(
        payout=payout,
        network=network.name if network else None,
        chain_id=network.chain_id if network else None,
        token_address=network.token_address if network else None,
        batch_number=batch.number if batch else None,
        block_number=batch.chain_tx.block_number if batch else None,
        works=works,
        works_count=works_count,
    )


def _works(payout: Payout) -> tuple[list[Work], int]:
    if payout.up_to_units is None:
        return [], 0
    values = {
        "purse": payout.purse_id,
        "from_units": payout.up_to_units - payout.amount_units,
        "up_to_units": payout.up_to_units,
        "limit": WORKS_LIMIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAID_FOR, values)
        rows = cursor.fetchall()
    works = [
        Work(kind=kind, key=key, cause=cause, earned_at=at, amount_units=units)
        for kind, key, cause, at, units, _ in rows
    ]
    return works, rows[0][-1] if rows else 0
