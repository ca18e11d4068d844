"""Payouts: asked for, batched, and either paid or given back.

Promises: a payout leaves EARNED the moment it is asked for; it is in one batch; it is settled only
when its transfer is deep enough, and returned only when it can never happen. Each verb may run
twice, and twice at once.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from payments import addresses, ledger, money, nudges, purses
from payments.errors import BelowMinimum, KeyReused, NotFound
from payments.ledger import Posting
from payments.models import Account, Batch, ChainTx, Entry, Payout

Kind = Account.Kind
State = Payout.State
Queue = Callable[[UUID, Sequence[tuple[str, int]]], ChainTx]

PUMP = "payments.jobs.pump_payouts"


@atomic
def request(holder: str, *, amount_units: int, address: object, key: str = "") -> Payout:
    """A payout of what the holder has earned: EARNED → LEAVING, now or under this key before.

    Raises BelowMinimum, MalformedAddress, InsufficientFunds, KeyReused.
    """
    minimum_units = settings.STIPEND_PAYOUT_MINIMUM_UNITS
    if amount_units < minimum_units:
        least = money.format(minimum_units)
        raise BelowMinimum(f"The smallest payout is {least}.", minimum=least)
    wallet = addresses.parse(address)
    purse_id = purses.open(holder)
    payout, is_new = Payout.objects.get_or_create(
        key=f"{holder}:{key or uuid4()}",
        defaults={"purse_id": purse_id, "amount_units": amount_units, "address": wallet},
    )
    if (payout.purse_id, payout.amount_units, payout.address) != (purse_id, amount_units, wallet):
        raise KeyReused()
    if is_new:
        _post(payout, Entry.Kind.PAYOUT, Kind.EARNED, Kind.LEAVING, cause=f"payout to {wallet}")
        nudges.nudge_after_commit(PUMP)
    return payout


def _post(payout: Payout, kind: Entry.Kind, source: str, target: str, *, cause: str) -> None:
    ledger.post_all([_posting(payout, kind, source, target, cause=cause)])


def _posting(
    payout: Payout, kind: Entry.Kind, source: str, target: str, *, cause: str = ""
) -> Posting:
    units = payout.amount_units
    moves = [(payout.purse_id, source, -units), (payout.purse_id, target, units)]
    return Posting(key=f"{kind.value}:{payout.pk}", kind=kind, moves=moves, cause=cause)


def of_holder(holder: str) -> QuerySet[Payout]:
    """This holder's payouts, newest first."""
    return Payout.objects.filter(purse__holder=holder)


def get(payout_id: UUID, *, holder: str) -> Payout:
    """One of the holder's payouts; raises NotFound for anybody else's."""
    payout = of_holder(holder).filter(pk=payout_id).first()
    if payout is None:
        raise NotFound("There is no such payout of yours.")
    return payout


@atomic
def batch(*, queue: Queue) -> Batch | None:
    """The oldest payouts asked for, in one batch with its chain tx queued; None if there are none.

    What another process is batching is skipped. `queue(batch id, payees)` writes the chain tx in
    this same transaction.
    """
    due = Payout.objects.filter(state=State.REQUESTED).order_by("requested_at", "id")
    payouts = list(due.select_for_update(skip_locked=True)[: settings.STIPEND_BATCH_PAYEES])
    if not payouts:
        return None
    batch_id = uuid4()
    chain_tx = queue(batch_id, [(one.address, one.amount_units) for one in payouts])
    made = Batch.objects.create(id=batch_id, chain_tx=chain_tx)
    for position, payout in enumerate(payouts):
        payout.state, payout.batch, payout.position = State.BATCHED, made, position
    Payout.objects.bulk_update(payouts, ["state", "batch", "position"])
    return made


def settle_ended() -> int:
    """How many payouts ended: those of batches whose chain tx is CONFIRMED or FAILED."""
    ended = [ChainTx.State.CONFIRMED, ChainTx.State.FAILED]
    due = Batch.objects.filter(settled_at=None, chain_tx__state__in=ended)
    return sum(_settle_batch(batch_id) for batch_id in list(due.values_list("pk", flat=True)))


@atomic
def _settle_batch(batch_id: UUID) -> int:
    one = Batch.objects.select_for_update(of=("self",)).select_related("chain_tx").get(pk=batch_id)
    if one.settled_at is not None:
        return 0
    payouts = list(one.payouts.filter(state=State.BATCHED).order_by("purse_id", "position"))
    paid = _paid_positions(one.chain_tx)
    settle([payout for payout in payouts if payout.position in paid], tx=one.chain_tx)
    returned([payout for payout in payouts if payout.position not in paid], tx=one.chain_tx)
    one.settled_at = timezone.now()
    one.save(update_fields=["settled_at"])
    return len(payouts)


def _paid_positions(tx: ChainTx) -> set[int]:
    if tx.state == ChainTx.State.FAILED:
        return set()
    outcome: dict[str, Any] = tx.outcome or {}
    return set(outcome["paid"])


def settle(payouts: Sequence[Payout], *, tx: ChainTx) -> None:
    """These payouts have reached their wallets: LEAVING → WORLD. The caller holds the batch."""
    _end(payouts, State.PAID, tx=tx, reason="")
    ledger.post_all([_posting(one, Entry.Kind.SETTLE, Kind.LEAVING, Kind.WORLD) for one in payouts])


def returned(payouts: Sequence[Payout], *, tx: ChainTx) -> None:
    """These payouts can never happen, the money is theirs again: LEAVING → EARNED."""
    failed = tx.state == ChainTx.State.FAILED
    reason = "The chain refused the batch." if failed else "The token refused this wallet."
    _end(payouts, State.RETURNED, tx=tx, reason=reason)
    ledger.post_all(
        [
            _posting(one, Entry.Kind.RETURN, Kind.LEAVING, Kind.EARNED, cause=reason)
            for one in payouts
        ]
    )


def _end(payouts: Sequence[Payout], state: str, *, tx: ChainTx, reason: str) -> None:
    now = timezone.now()
    for payout in payouts:
        payout.state, payout.ended_at, payout.reason = state, now, reason
        payout.tx_hash = tx.tx_hash if state == State.PAID else ""
    Payout.objects.bulk_update(payouts, ["state", "ended_at", "reason", "tx_hash"])
