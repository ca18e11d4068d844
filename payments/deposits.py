"""Deposits: what arrived on chain, and is deep enough, is in the purse it names."""

import logging
from uuid import UUID

from django.db import DataError, connection
from django.db.transaction import atomic
from django.utils import timezone

from payments import ledger, purses
from payments.errors import NotFound
from payments.models import ChainEvent, Purse

DEPOSITED = "Deposited"
ROWS = 500  # per call

logger = logging.getLogger(__name__)


def settle(*, depth_blocks: int) -> int:
    """How many deposits were written into the book: all with `depth_blocks` on top.

    A deposit to a purse nobody has, or of more than an account can hold, is looked at once, moves
    nothing, and stays in the figures of reconcile until a person deals with it: a flood of them
    keeps no real one waiting.
    """
    due = ChainEvent.objects.confirmed(depth_blocks).unsettled().filter(name=DEPOSITED)
    ids = due.order_by("block_number", "log_index").values_list("pk", flat=True)[:ROWS]
    return sum(_settle(event_id) for event_id in list(ids))


@atomic
def _settle(event_id: int) -> bool:
    event = ChainEvent.objects.select_for_update().filter(pk=event_id, settled_at=None).first()
    if event is None:
        return False
    purse_id = _purse_of(event)
    is_booked = purse_id is not None and _booked(event, purse_id)
    if not is_booked:
        logger.error("a deposit is in no purse: %s %s", event.tx_hash, event.payload)
    event.settled_at = timezone.now()
    event.save(update_fields=["settled_at"])
    return is_booked


def _purse_of(event: ChainEvent) -> UUID | None:
    try:
        purse_id = purses.from_chain(event.payload["purse"])
    except NotFound:
        return None
    return Purse.objects.filter(pk=purse_id).values_list("pk", flat=True).first()


def _booked(event: ChainEvent, purse_id: UUID) -> bool:
    key = f"deposit:{event.tx_hash}:{event.log_index}"
    try:
        with atomic():
            ledger.deposit(purse_id, key=key, amount_units=int(event.payload["amount"]))
    except DataError:  # more than a column of the book can hold
        return False
    return True


UNKNOWN = """
    SELECT count(*), COALESCE(sum((payload->>'amount')::numeric), 0)
    FROM payments_chainevent AS event
    WHERE event.name = 'Deposited' AND event.settled_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM payments_entry AS entry
        WHERE entry.key = 'deposit:' || event.tx_hash || ':' || event.log_index)
"""


def unknown() -> tuple[int, int]:
    """How many confirmed deposits are in no purse, and their units."""
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN)
        count, units = cursor.fetchone()
    return count, int(units)
