"""Deposits: what arrived on chain, and is deep enough, is in the purse it names."""

import logging

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

    A deposit to a purse nobody has stays unsettled, and reconcile reports it.
    """
    due = ChainEvent.objects.confirmed(depth_blocks).unsettled().filter(name=DEPOSITED)
    ids = due.order_by("block_number", "log_index").values_list("pk", flat=True)[:ROWS]
    return sum(_settle(event_id) for event_id in list(ids))


@atomic
def _settle(event_id: int) -> bool:
    event = ChainEvent.objects.select_for_update().filter(pk=event_id, settled_at=None).first()
    if event is None:
        return False
    try:
        purse_id = purses.from_chain(event.payload["purse"])
    except NotFound:
        return False
    if not Purse.objects.filter(pk=purse_id).exists():
        return False
    ledger.deposit(
        purse_id,
        key=f"deposit:{event.tx_hash}:{event.log_index}",
        amount_units=int(event.payload["amount"]),
    )
    event.settled_at = timezone.now()
    event.save(update_fields=["settled_at"])
    logger.info("deposit of %s units to purse %s", event.payload["amount"], purse_id)
    return True
