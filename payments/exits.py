"""Exits: what somebody took out of the vault by a proof has left the book, too.

An exit happens when the house was silent. It dismisses the payer, so no batch that was signed
before can be mined any more; one that was not signed is given up (`chain.sender.give_up`); and
until it is in the book, no new one is made.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext_noop

from payments import ledger, places, turns
from payments.models import (
    Account,
    Batch,
    ChainEvent,
    ChainTx,
    Entry,
    Exit,
    Owed,
    Payout,
    Purse,
)
from payments.recalls import recall

GONE = gettext_noop("It was taken out of the vault with a proof of the balance.")
Kind = Account.Kind

logger = logging.getLogger(__name__)


def are_pending() -> bool:
    """True while an exit that the watcher has seen, however new, is not in the book."""
    return ChainEvent.objects.unsettled().exits().exists()


def settle(*, depth_blocks: int) -> int:
    """How many exits were written into the book: all with `depth_blocks` on top."""
    due = ChainEvent.objects.confirmed(depth_blocks).unsettled().exits()
    ids = due.order_by("block_number", "log_index").values_list("pk", flat=True)
    return sum(_settle(event_id) for event_id in list(ids))


@atomic
def _settle(event_id: int) -> bool:
    """EARNED, then FUNDS → WORLD, of the purses that the root owed at this wallet.

    Payouts to it that no batch has taken up come back first, then, if that is not enough, those of
    the same purses to other wallets. Waits while a batch is being made or is not signed, and while
    one of these payouts is in a batch: that can never be mined any more, and then it comes back by
    itself.
    """
    event = ChainEvent.objects.select_for_update().filter(pk=event_id, settled_at=None).first()
    if event is None or not turns.take():
        return False
    address, left_units = event.payload["account"], int(event.payload["amount"])
    at_it, purses = Payout.objects.filter(address=address), _purses(event)
    theirs = Payout.objects.filter(purse__in=purses)
    unsigned = Batch.objects.filter(chain_tx__state=ChainTx.State.READY)
    if unsigned.exists() or (at_it | theirs).filter(state=Payout.State.BATCHED).exists():
        return False
    recall(at_it, reason=GONE)
    left_units = _debit(event, purses, left_units)
    if left_units and recall(theirs, reason=GONE):
        left_units = _debit(event, purses, left_units, again=True)
    if left_units:
        logger.error("exit %s took %s units more than are owed", event.tx_hash, left_units)
    event.settled_at = timezone.now()
    event.save(update_fields=["settled_at"])
    return True


def _purses(event: ChainEvent) -> list[Purse]:
    """Whom the root that was proved owed at this wallet: by the wallet that counted when it was
    made, or by a payout to it that was asked for."""
    address, at = event.payload["account"], _made_at(event.payload["balances_root"])
    known = Q(wallets__address=address) | Q(payouts__address=address)
    return [one for one in Purse.objects.filter(known).distinct() if _was_owed(one, address, at)]


def _made_at(root: str) -> datetime:
    found = Owed.objects.filter(balances_root=root).order_by("-batch__number").first()
    return found.batch.created_at if found else timezone.now()


def _was_owed(purse: Purse, address: str, at: datetime) -> bool:
    named = purse.wallets.filter(Q(ended_at=None) | Q(ended_at__gt=at), usable_from__lte=at)
    used = named.order_by("-usable_from", "-pk").first()
    if used is not None and used.address == address:
        return True
    asked = purse.payouts.filter(Q(ended_at=None) | Q(ended_at__gt=at), address=address)
    return asked.filter(requested_at__lte=at).exists()


def _debit(event: ChainEvent, purses: list[Purse], units: int, *, again: bool = False) -> int:
    """How many of these units nobody is owed; the others have left the accounts, earnings first."""
    address, left_units = event.payload["account"], units
    for account in _accounts(purses):
        taken_units = min(account.balance_units, left_units)
        if taken_units:
            moves = [
                (account.purse_id, account.kind, -taken_units),
                (account.purse_id, Kind.WORLD, taken_units),
            ]
            key = f"exit:{event.tx_hash}:{event.position}:{account.pk}" + (":2" if again else "")
            entry_id = ledger.post(key, Entry.Kind.EXIT, moves, cause=f"exit to {address}")
            if account.kind == Kind.EARNED:
                _place(event, entry_id, account.purse_id, taken_units)
            left_units -= taken_units
    return left_units


def _place(event: ChainEvent, entry_id: int, purse_id: UUID, units: int) -> None:
    """The earnings that left have their place among all that ever did; the purse is locked."""
    before_units = places.reached({purse_id}).get(purse_id, 0)
    Exit.objects.create(
        entry_id=entry_id,
        purse_id=purse_id,
        amount_units=units,
        up_to_units=before_units + units,
        address=event.payload["account"],
        tx_hash=event.tx_hash,
    )


def _accounts(purses: list[Purse]) -> list[Account]:
    """What is there to be taken out of, locked: earnings first."""
    kinds = (Kind.EARNED, Kind.FUNDS)
    ledger.lock([(purse.pk, kind) for purse in purses for kind in kinds])
    found = Account.objects.filter(purse__in=purses, kind__in=kinds)
    return list(found.order_by("kind", "pk"))
