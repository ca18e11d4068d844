"""Payouts: asked for, batched, and either paid or given back.

Promises: a payout leaves EARNED the moment it is asked for; it is in one batch; it is settled only
when its transfer is deep enough, and returned only when it can never happen. Each verb may run
twice, and twice at once.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext_noop

from payments import (
    addresses,
    exits,
    ledger,
    limits,
    money,
    nudges,
    pauses,
    places,
    purses,
    solvency,
    turns,
    wallets,
)
from payments.errors import BelowMinimum, KeyReused, NotFound, OutcomeIncomplete
from payments.ledger import Posting
from payments.models import Account, Batch, ChainTx, Entry, Payout
from payments.room import Room

Kind = Account.Kind
State = Payout.State
Payee = tuple[str, int]  # address and units
Queue = Callable[[Batch, Sequence[Payee], solvency.Roots], ChainTx]

PUMP = "payments.jobs.pump_payouts"
TAKE_UP = """
UPDATE payments_payout AS payout
SET state = 'BATCHED', batch_id = %(batch)s, position = taken.number - 1
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS taken (id, number)
WHERE payout.id = taken.id
"""
END = """
UPDATE payments_payout AS payout
SET state = ended.state, tx_hash = ended.tx_hash, reason = ended.reason,
    up_to_units = ended.up_to_units, ended_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(hashes)s::text[], %(reasons)s::text[],
    %(up_to_units)s::bigint[]) AS ended (id, state, tx_hash, reason, up_to_units)
WHERE payout.id = ended.id
"""
REFUSED_BATCH = gettext_noop("The chain refused the batch.")
REFUSED_WALLET = gettext_noop("The token refused this wallet.")

logger = logging.getLogger(__name__)


def request(
    holder: str,
    *,
    amount_units: int,
    address: object,
    key: str = "",
    source: str = Kind.EARNED,
    owner: str = "",
) -> Payout:
    """A payout of what the holder has earned: EARNED → LEAVING, now or under this key before.

    `source` FUNDS takes out what a requester deposited and does not need; `owner` is then who it
    counts for in the limits, such as `person:12`, else the holder. An address that is new
    to the holder is named by this, and may have to wait. Raises BelowMinimum, MalformedAddress,
    BlockedWallet, WalletOnHold, LimitReached, InsufficientFunds, KeyReused.
    """
    minimum_units = settings.STIPEND_PAYOUT_MINIMUM_UNITS
    if amount_units < minimum_units:
        raise BelowMinimum(minimum=money.format(minimum_units))
    known = Payout.objects.filter(key=f"{holder}:{key}").first() if key else None
    wallet = addresses.parse(address) if known else wallets.usable(holder, address)
    asked: dict[str, Any] = {"amount_units": amount_units, "address": wallet, "source": source}
    return _request(holder, asked, key=key, owner=owner or holder)


def send(holder: str, *, amount_units: int, address: object, key: str) -> Payout:
    """A payout of a house purse's FUNDS to any wallet; it names none, and waits for two admins.

    Raises MalformedAddress, BlockedWallet, InsufficientFunds, KeyReused.
    """
    wallet = addresses.parse(address)
    asked: dict[str, Any] = {
        "amount_units": amount_units,
        "address": wallet,
        "source": Kind.FUNDS,
    }
    return _request(holder, asked, key=key, owner=holder)


@atomic
def _request(holder: str, asked: dict[str, Any], *, key: str, owner: str) -> Payout:
    wanted = {"purse_id": purses.open(holder), **asked}
    # The unique key makes two of these at once wait for each other: the second finds the first.
    payout, is_new = Payout.objects.get_or_create(
        key=f"{holder}:{key or uuid4()}", defaults={**wanted, "owner": owner}
    )
    if any(getattr(payout, name) != value for name, value in wanted.items()):
        raise KeyReused()
    if is_new:
        limits.check(payout)
        cause = f"payout to {payout.address}"
        posting = _posting(payout, Entry.Kind.PAYOUT, payout.source, Kind.LEAVING, cause)
        ledger.post_all([posting])
        nudges.nudge_after_commit(PUMP)
    return payout


def _posting(
    payout: Payout, kind: Entry.Kind, source: str, target: str, cause: str = ""
) -> Posting:
    units = payout.amount_units
    moves = [(payout.purse_id, source, -units), (payout.purse_id, target, units)]
    return Posting(key=f"{kind.value}:{payout.pk}", kind=kind, moves=moves, cause=cause)


def of_holder(holder: str, *, until_id: UUID | None = None) -> QuerySet[Payout]:
    """This holder's payouts, newest first; none younger than `until_id`."""
    found = Payout.objects.filter(purse__holder=holder)
    if until_id is None:
        return found
    at = Subquery(found.filter(pk=until_id).values("requested_at"))
    return found.filter(Q(requested_at__lt=at) | Q(requested_at=at, pk__gte=until_id))


def get(payout_id: UUID, *, holder: str) -> Payout:
    """One of the holder's payouts; raises NotFound for anybody else's."""
    payout = of_holder(holder).filter(pk=payout_id).first()
    if payout is None:
        raise NotFound("There is no such payout of yours.")
    return payout


@atomic
def batch(*, queue: Queue, room: Room | None = None) -> Batch | None:
    """The oldest payouts asked for that there is room for, in one batch with its chain tx queued.

    None while there are none, or too few that have waited for STIPEND_BATCH_SECONDS: many in one
    chain tx cost each of them less.

    `queue(batch, payees, roots)` writes the chain tx in this same transaction. None, too, while
    another process makes a batch, while it is paused, and while somebody's exit from the vault is
    not in the book: what they took must not be paid again. What was blocked meanwhile comes back.
    """
    room = room or Room(payees=settings.STIPEND_BATCH_PAYEES)
    if not turns.take() or exits.are_pending() or pauses.is_paused():
        return None
    addresses.recall_blocked()
    payouts = _next(_left(room))
    if not _enough(payouts, room):
        return None
    return make(payouts, owed=solvency.owed(paying=payouts), queue=queue)


def _being_paid() -> QuerySet[Payout, dict[str, Any]]:
    """The purses whose earnings are in a batch that has not ended."""
    return Payout.objects.filter(state=State.BATCHED, source=Kind.EARNED).values("purse")


def _left(room: Room) -> Room:
    """The room, less what was batched since it was looked at."""
    since = Payout.objects.filter(batch__number__gt=room.since)
    return room.without(since.aggregate(sum=Sum("amount_units"))["sum"] or 0)


def _next(room: Room) -> list[Payout]:
    """The oldest that may leave and fit into this room, locked.

    The work that a batch pays for is counted on from what was paid before: of earnings, nobody is
    in a batch while another one that pays them has not ended.
    """
    waiting = Payout.objects.filter(state=State.REQUESTED)
    allowed = waiting.filter(Q(needs_approval=False) | Q(approved_at__isnull=False))
    due = allowed.exclude(source=Kind.EARNED, purse__in=_being_paid())
    if room.units is not None:
        due = due.filter(amount_units__lte=room.units)
    free = due.select_for_update(skip_locked=True, of=("self",)).annotate(
        waited=Now() - F("requested_at")  # PostgreSQL's clock: the worker's may be wrong
    )
    return _fitting(list(free.order_by("requested_at", "id")[: room.payees]), room)


def make(payouts: Sequence[Payout], *, owed: solvency.Sums, queue: Queue) -> Batch:
    """A batch of these payouts, all locked and REQUESTED, with its chain tx queued.

    To be called in a transaction that has its turn, with what was `owed` since then. A batch of
    nobody is sound, too: it records that.
    """
    made = Batch(number=_next_number())
    payees = [(one.address, one.amount_units) for one in payouts]
    made.chain_tx = queue(made, payees, owed.roots)
    made.save(force_insert=True)
    _take_up(made, payouts)
    solvency.keep(made, owed)
    return made


def _take_up(batch: Batch, payouts: Sequence[Payout]) -> None:
    """REQUESTED → BATCHED, in this order; one statement, however many they are."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_UP, {"batch": batch.pk, "ids": [one.pk for one in payouts]})


def _next_number() -> int:
    """Numbers in a row: 256 of them share one word of the vault, which makes them cheap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_batch_numbers')")
        return int(cursor.fetchone()[0])


def _fitting(payouts: list[Payout], room: Room) -> list[Payout]:
    """Those of the oldest that the day's rest still pays; the others wait for the next day."""
    left_units, found = room.units, []
    for payout in payouts:
        if left_units is not None:
            if payout.amount_units > left_units:
                continue
            left_units -= payout.amount_units
        found.append(payout)
    return found


def _enough(payouts: Sequence[Payout], room: Room) -> bool:
    if not payouts or len(payouts) >= room.payees:
        return bool(payouts)
    return payouts[0].waited >= timedelta(seconds=settings.STIPEND_BATCH_SECONDS)


def settle_ended() -> int:
    """How many payouts ended: those of batches whose chain tx is CONFIRMED or FAILED."""
    ended = [ChainTx.State.CONFIRMED, ChainTx.State.FAILED]
    due = Batch.objects.filter(settled_at=None, chain_tx__state__in=ended)
    return sum(_settled(batch_id) for batch_id in list(due.values_list("pk", flat=True)))


def _settled(batch_id: UUID) -> int:
    """A batch that cannot be settled waits for a person, and keeps no other waiting."""
    try:
        return settle(batch_id)
    except OutcomeIncomplete as error:
        logger.error("batch %s is not settled: %s", batch_id, error)
        return 0


@atomic
def settle(batch_id: UUID) -> int:
    """How many payouts ended with this batch: each is PAID or RETURNED, and the book says so.

    Paid is LEAVING → WORLD. Skipped by the vault, or of a chain tx that can never be mined, is
    LEAVING → where it came from. Raises OutcomeIncomplete. Locks the batch, then the accounts.
    """
    one = Batch.objects.select_for_update(of=("self",)).select_related("chain_tx").get(pk=batch_id)
    if one.settled_at is not None:
        return 0
    payouts = list(one.payouts.filter(state=State.BATCHED).order_by("position"))
    paid = _paid_positions(one.chain_tx, count=len(payouts))
    for payout in payouts:
        _decide(payout, one.chain_tx, is_paid=payout.position in paid)
    # All in one call: the accounts of a batch are locked in one order.
    ledger.post_all([_end_posting(payout) for payout in payouts])
    _place(payouts)
    one.settled_at = timezone.now()
    _end(payouts, now=one.settled_at)
    one.save(update_fields=["settled_at"])
    return len(payouts)


def _paid_positions(tx: ChainTx, *, count: int) -> set[int]:
    """Who of a batch of so many was paid; the chain has to say it of each."""
    if tx.state == ChainTx.State.FAILED:
        return set()
    outcome: dict[str, list[int]] = tx.outcome or {}
    paid, skipped = outcome.get("paid", []), outcome.get("skipped", [])
    if sorted([*paid, *skipped]) != list(range(count)):
        raise OutcomeIncomplete(paid=paid, skipped=skipped, count=count)
    return set(paid)


def _decide(payout: Payout, tx: ChainTx, *, is_paid: bool) -> None:
    if is_paid:
        payout.state, payout.tx_hash = State.PAID, tx.tx_hash
        return
    payout.state = State.RETURNED
    payout.reason = REFUSED_BATCH if tx.state == ChainTx.State.FAILED else REFUSED_WALLET


def _place(payouts: Sequence[Payout]) -> None:
    """Paid earnings have their place among all that ever left; their purses are locked."""
    paid = [one for one in payouts if one.state == State.PAID and one.source == Kind.EARNED]
    up_to_units = places.reached({one.purse_id for one in paid})
    for one in paid:
        one.up_to_units = up_to_units.get(one.purse_id, 0) + one.amount_units
        up_to_units[one.purse_id] = one.up_to_units


def _end(payouts: Sequence[Payout], *, now: datetime) -> None:
    """BATCHED → what was decided of each; one statement, however many they are."""
    columns = {
        "ids": [one.pk for one in payouts],
        "states": [one.state for one in payouts],
        "hashes": [one.tx_hash for one in payouts],
        "reasons": [one.reason for one in payouts],
        "up_to_units": [one.up_to_units for one in payouts],
    }
    with connection.cursor() as cursor:
        cursor.execute(END, {**columns, "now": now})


def _end_posting(payout: Payout) -> Posting:
    if payout.state == State.PAID:
        return _posting(payout, Entry.Kind.SETTLE, Kind.LEAVING, Kind.WORLD)
    return _posting(payout, Entry.Kind.RETURN, Kind.LEAVING, payout.source, payout.reason)
