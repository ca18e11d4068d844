"""Exits: what somebody took out of the vault by a proof has left the book, too.

An exit happens when the house was silent. It dismisses the payer, so no batch that was signed
before can be mined any more; and until it is in the book, no new one is made.
"""

import logging

from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext_noop

from payments import ledger
from payments.models import Account, ChainEvent, Entry, Payout, Purse
from payments.recalls import recall

EXITED = "Exited"
GONE = gettext_noop("It was taken out of the vault with a proof of the balance.")
Kind = Account.Kind

logger = logging.getLogger(__name__)


def are_pending() -> bool:
    """True while an exit that the watcher has seen, however new, is not in the book."""
    return ChainEvent.objects.unsettled().filter(name=EXITED).exists()


def settle(*, depth_blocks: int) -> int:
    """How many exits were written into the book: all with `depth_blocks` on top."""
    due = ChainEvent.objects.confirmed(depth_blocks).unsettled().filter(name=EXITED)
    ids = due.order_by("block_number", "log_index").values_list("pk", flat=True)
    return sum(_settle(event_id) for event_id in list(ids))


@atomic
def _settle(event_id: int) -> bool:
    """EARNED, then FUNDS → WORLD, of the purses that this wallet is named by.

    Payouts to it that no batch has taken up come back first. Waits while one is in a batch: that
    can never be mined any more, and then it comes back by itself.
    """
    event = ChainEvent.objects.select_for_update().filter(pk=event_id, settled_at=None).first()
    if event is None:
        return False
    address, left_units = event.payload["account"], int(event.payload["amount"])
    payouts = Payout.objects.filter(address=address)
    if payouts.filter(state=Payout.State.BATCHED).exists():
        return False
    recall(payouts, reason=GONE)
    for account in _accounts(address):
        units = min(account.balance_units, left_units)
        if units:
            moves = [
                (account.purse_id, account.kind, -units),
                (account.purse_id, Kind.WORLD, units),
            ]
            key = f"exit:{event.tx_hash}:{event.log_index}:{account.pk}"
            ledger.post(key, Entry.Kind.EXIT, moves, cause=f"exit to {address}")
            left_units -= units
    if left_units:
        logger.error("exit %s took %s units more than are owed", event.tx_hash, left_units)
    event.settled_at = timezone.now()
    event.save(update_fields=["settled_at"])
    return True


def _accounts(address: str) -> list[Account]:
    """What this wallet was owed from, locked: earnings first."""
    named = Q(wallets__address=address) | Q(payouts__address=address)
    purses = list(Purse.objects.filter(named).distinct().values_list("pk", flat=True))
    ledger.lock([(purse_id, kind) for purse_id in purses for kind in (Kind.EARNED, Kind.FUNDS)])
    found = Account.objects.filter(purse__in=purses, kind__in=[Kind.EARNED, Kind.FUNDS])
    return list(found.order_by("kind", "pk"))
