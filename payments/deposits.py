"""Deposits: what arrived on chain, and is deep enough, is in the purse it names."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DataError, connection
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat
from django.db.transaction import atomic
from django.utils import timezone

from payments import ledger, purses
from payments.errors import KeyReused, NotFound
from payments.models import ChainEvent, Entry, Network, Purse, ScannedBlock

DEPOSITED = "Deposited"
ROWS = 500  # per call

logger = logging.getLogger(__name__)


def settle(*, depth_blocks: int) -> int:
    """How many deposits were written into the book: all with `depth_blocks` on top.

    A deposit to a purse nobody has, or of more than an account can hold, or whose tx the chain told
    otherwise before, is looked at once, moves nothing, and stays in the figures of reconcile until
    a person deals with it: a flood of them keeps no real one waiting.
    """
    Network.objects.exclude(depth_blocks=depth_blocks).update(depth_blocks=depth_blocks)
    due = ChainEvent.objects.confirmed(depth_blocks).unsettled().filter(name=DEPOSITED)
    ids = due.order_by("block_number", "log_index").values_list("pk", flat=True)[:ROWS]
    return sum(_settle(event_id) for event_id in list(ids))


@atomic
def _settle(event_id: int) -> bool:
    event = ChainEvent.objects.select_for_update().filter(pk=event_id, settled_at=None).first()
    if event is None:
        return False
    purse_id = _purse_of(event)
    is_new = purse_id is not None and not was_told_otherwise(event)
    is_booked = is_new and _booked(event, purse_id)
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
    try:
        with atomic():
            ledger.deposit(purse_id, key=key_of(event), amount_units=int(event.payload["amount"]))
    except DataError:  # more than a column of the book can hold
        return False
    except KeyReused:  # this very event was told before, of another amount
        return False
    return True


def was_told_otherwise(event: ChainEvent) -> bool:
    """True if a deposit of its tx is in the book that the chain has taken back, and not told again.

    Then this one may be the same money.
    """
    return ChainEvent.objects.lost().filter(name=DEPOSITED, tx_hash=event.tx_hash).exists()


def key_of(event: ChainEvent) -> str:
    """Under which a deposit is in the book: once, whoever brings it there, in whatever block."""
    return f"deposit:{event.tx_hash}:{event.position}"


# --- Looked at ------------------------------------------------------------------------------

KEY = Concat(
    Value("deposit:"),
    OuterRef("tx_hash"),
    Value(":"),
    Cast(OuterRef("position"), CharField()),
    output_field=CharField(),
)


def strays() -> QuerySet[ChainEvent]:
    """Confirmed deposits that are in no purse, newest first."""
    settled = ChainEvent.objects.told().filter(name=DEPOSITED, settled_at__isnull=False)
    return settled.exclude(Exists(Entry.objects.filter(key=KEY)))


UNKNOWN = """
    SELECT count(*), COALESCE(sum((payload->>'amount')::numeric), 0)
    FROM payments_chainevent AS event
    WHERE event.name = 'Deposited' AND event.settled_at IS NOT NULL AND event.lost_at IS NULL
        AND NOT EXISTS (
            SELECT FROM payments_entry AS entry
            WHERE entry.key = 'deposit:' || event.tx_hash || ':' || event.position)
"""


def unknown() -> tuple[int, int]:
    """How many confirmed deposits are in no purse, and their units."""
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN)
        count, units = cursor.fetchone()
    return count, int(units)


def taken_back() -> list[tuple[str, int]]:
    """The txs and units of deposits that are in the book and no more on chain, oldest first."""
    lost = ChainEvent.objects.lost().filter(name=DEPOSITED).order_by("pk")
    booked = lost.filter(Exists(Entry.objects.filter(key=KEY)))
    return [(one.tx_hash, int(one.payload["amount"])) for one in booked]


SEEN, CREDITED, REPORTED, TAKEN_BACK = "SEEN", "CREDITED", "REPORTED", "TAKEN_BACK"


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """What arrived for a purse, and how far it is.

    SEEN is on chain, with `confirmations` of the `needed` blocks on top; CREDITED is in FUNDS;
    REPORTED could not be booked, and TAKEN_BACK is on chain no more: the admins know of it.
    """

    state: str
    amount_units: int
    sender: str
    tx_hash: str
    confirmations: int
    needed: int
    credited_at: datetime | None


def of_purse(purse_id: UUID) -> QuerySet[ChainEvent]:
    """The deposits that name this purse, newest first; to be read by `looked_at`."""
    named = ChainEvent.objects.filter(name=DEPOSITED).annotate(purse=KT("payload__purse"))
    return named.filter(purse=purses.onchain(purse_id)).order_by("-block_number", "-log_index")


def senders(purse_ids: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """Purses, each with a wallet that a deposit for it came from."""
    names = {purses.onchain(purse_id): purse_id for purse_id in purse_ids}
    named = ChainEvent.objects.filter(name=DEPOSITED).annotate(purse=KT("payload__purse"))
    found = named.filter(purse__in=list(names)).order_by()
    rows = found.values_list("purse", KT("payload__sender")).distinct()
    return {(names[name], sender) for name, sender in rows}


def looked_at(events: Sequence[ChainEvent]) -> list[Deposit]:
    """How far each of these deposits is."""
    newest = ScannedBlock.objects.values_list("number", flat=True).first() or 0
    needed = Network.objects.values_list("depth_blocks", flat=True).first() or 0
    keys = {key_of(event) for event in events}
    booked = set(Entry.objects.filter(key__in=keys).values_list("key", flat=True))
    return [_deposit(one, newest, needed, is_booked=key_of(one) in booked) for one in events]


def _deposit(event: ChainEvent, newest: int, needed: int, *, is_booked: bool) -> Deposit:
    return Deposit(
        state=_state(event, is_booked=is_booked),
        amount_units=int(event.payload["amount"]),
        sender=event.payload["sender"],
        tx_hash=event.tx_hash,
        confirmations=min(max(newest - event.block_number, 0), needed),
        needed=needed,
        credited_at=event.settled_at if is_booked else None,
    )


def _state(event: ChainEvent, *, is_booked: bool) -> str:
    if event.lost_at is not None:
        return TAKEN_BACK
    return SEEN if event.settled_at is None else CREDITED if is_booked else REPORTED
