"""Reads what the vault reports, and unreads what a reorganisation took back.

Promises: every event of every scanned block is a row, once. Hashes of the last blocks are kept; if
the chain tells another story, the unsettled events of the fork are deleted and read anew. What is
settled is lost then, and payouts are paused; it is the same row again when its tx is mined again.
"""

import logging
from collections import Counter

from django.conf import settings
from django.db.models import Max, Min
from django.db.models.functions import Now
from django.db.transaction import atomic
from hexbytes import HexBytes
from web3.types import LogReceipt

from payments import pauses
from payments.chain import client, endpoints, vault
from payments.chain.alone import SCANNING, alone
from payments.chain.errors import Behind, Disagreement, Refused, TooSlow, Unreachable
from payments.models import ChainEvent, ChainTx, Network, ScannedBlock

NEAR_BLOCKS = 64  # the newest blocks are read one by one, and the hash of each is kept
KEPT_BLOCKS = 1000  # scanned blocks that are remembered
VOUCHED_BLOCKS = 100  # per call, with something in them
MANY_LOGS = 1_000  # in one answer: nodes leave out what is more than they like, and do not say so
CHANGED = "The chain changed while it was read."

logger = logging.getLogger(__name__)


def scan() -> int:
    """How many new events were read; 0 while another process is at it. Raises ChainError.

    How far the chain is, and when it was read to its end, is noted on the network.
    """
    with alone(SCANNING) as mine:
        if not mine:
            return 0
        network = client.network()
        head = client.head()
        Network.objects.exclude(head_block=head).update(head_block=head)
        _rewind(head)
        count = _read_on(network, head)
        Network.objects.update(read_at=Now())
        return count


def vouched_depth() -> int:
    """So many blocks below the newest that was read, all is money that endpoints do not dispute.

    What the vault reported in blocks that are deep enough, and is not in the book, is held against
    every endpoint that answers. What all of them tell otherwise than we read it is forgotten, to be
    read anew. Raises Disagreement, ChainError.
    """
    newest = ScannedBlock.objects.aggregate(newest=Max("number"))["newest"] or 0
    depth = client.depth(newest)
    if not endpoints.have_witnesses():
        return depth
    known = ScannedBlock.objects.filter(number=newest - depth).first()
    _agree(max(newest - depth, 0), block_hash=known.block_hash if known else "")
    due = ChainEvent.objects.confirmed(depth).unsettled().filter(name__in=vault.MONEY_EVENTS)
    numbers = due.order_by("block_number").values_list("block_number", flat=True).distinct()
    first = list(numbers[: VOUCHED_BLOCKS + 1])
    for number in first[:VOUCHED_BLOCKS]:
        _vouch(number)
    return newest - first[-1] + 1 if len(first) > VOUCHED_BLOCKS else depth


def _agree(number: int, *, block_hash: str) -> str:
    """The hash that all endpoints tell of this block, which is the one we know, if any."""
    told = client.agreed_hash(number)
    if block_hash not in {"", told}:
        _forget_above(number - 1)
        raise Disagreement(f"The endpoints disagree with what was read of block {number}.")
    return told


def _vouch(number: int) -> None:
    events = ChainEvent.objects.told().filter(block_number=number)
    told_hash = client.agreed_hash(number)
    found = client.logs_of_block(client.stored().vault_address, told_hash)
    theirs = {_story(event) for log in found if (event := _event(log)) is not None}
    if {_story(one) for one in events} != theirs:
        _forget_above(number - 1)
        raise Disagreement(f"The endpoints disagree with what was read of block {number}.")


def _story(event: ChainEvent) -> tuple[object, ...]:
    payload = tuple(sorted(event.payload.items()))
    return event.name, event.block_hash, event.tx_hash, event.log_index, payload


def _rewind(head: int) -> None:
    """Back to the newest block that the node and we know by the same hash.

    A node that lags behind tells the same story, only less of it: then nothing is forgotten. Nor by
    one that has not got a block below the head, or tells alone of another one: raises Unreachable,
    or as `client.agreed_hash`.
    """
    known = ScannedBlock.objects.order_by("-number")
    newest = known.filter(number__lte=head).first()
    if newest is None:
        _check_lead(head)
        return
    for scanned in known.filter(number__lte=head).iterator():
        told = client.block_hash(scanned.number)
        if told is None:  # another node than those that told of the head
            raise Unreachable(CHANGED)
        if told != scanned.block_hash and endpoints.have_witnesses():
            told = client.agreed_hash(scanned.number)
        if told == scanned.block_hash:
            if scanned != newest:
                _forget_above(scanned.number)
            return
    _forget_above(-1)


def _check_lead(head: int) -> None:
    """Nothing if a node may lag behind so far; else we were told of blocks that there are not.

    Raises Behind while another endpoint has them: this one is far from its end, and reads on.
    """
    least = ScannedBlock.objects.aggregate(least=Min("number"))["least"]
    if least is not None and least - head > KEPT_BLOCKS:
        if client.highest() >= least:
            raise Behind(
                f"An endpoint ends at block {head}, and {least} was read: it is waited for."
            )
        logger.error("blocks were read from %s on, and the chain ends at %s", least, head)
        _forget_above(-1)


@atomic
def _forget_above(number: int) -> None:
    fork = ChainEvent.objects.unsettled().filter(block_number__gt=number)
    ids = list(fork.select_for_update().values_list("pk", flat=True))  # none is settled meanwhile
    ChainEvent.objects.filter(pk__in=ids).delete()
    settled = ChainEvent.objects.told().filter(block_number__gt=number)
    lost_count = settled.update(lost_at=Now())
    if lost_count:
        logger.error("%s settled events lie above block %s, on a fork", lost_count, number)
        pauses.pause(reason=f"The chain took back {lost_count} events that the book has heard of.")
    ScannedBlock.objects.filter(number__gt=number).delete()


def _read_on(network: Network, head: int) -> int:
    """Far from the head many blocks at once; near it block by block, each by its hash."""
    last = ScannedBlock.objects.order_by("-number").first()
    start = network.deployed_block if last is None else last.number + 1
    near = head - max(NEAR_BLOCKS, settings.CHAIN_CONFIRMATIONS + 1)
    size, count = settings.CHAIN_SCAN_BLOCKS, 0
    while start <= near:
        end = min(start + size - 1, near)
        try:
            count += _read_blocks(network.vault_address, start=start, end=end)
        except (Refused, TooSlow):
            if size == 1:
                raise
            size = max(size // 2, 1)
            continue
        start = end + 1
    return count + sum(_read_block(network.vault_address, one) for one in range(start, head + 1))


def _read_blocks(address: str, *, start: int, end: int) -> int:
    found = client.logs(address, from_block=start, to_block=end)
    if len(found) >= MANY_LOGS and end > start:
        raise Refused(f"The node tells of {len(found)} events at once: it may leave some out.")
    newest = client.block(end)
    if newest is None:
        raise Unreachable(CHANGED)
    return _keep(found, number=end, block_hash=HexBytes(newest["hash"]).to_0x_hex())


def _read_block(address: str, number: int) -> int:
    """By hash, because a node that lags behind answers "nothing" when asked by number.

    Raises Unreachable when the block is not the child of the one read before.
    """
    found = client.block(number)
    before = ScannedBlock.objects.filter(number=number - 1).first()
    if found is None:
        raise Unreachable(CHANGED)
    if before and HexBytes(found["parentHash"]).to_0x_hex() != before.block_hash:
        raise Unreachable(CHANGED)
    block_hash = HexBytes(found["hash"]).to_0x_hex()
    return _keep(client.logs_of_block(address, block_hash), number=number, block_hash=block_hash)


@atomic
def _keep(found: list[LogReceipt], *, number: int, block_hash: str) -> int:
    """The events of the blocks up to this one are rows, and so is the block."""
    events = [event for log in found if (event := _event(log)) is not None]
    if any(one.block_number == number and one.block_hash != block_hash for one in events):
        raise Unreachable(CHANGED)
    ChainEvent.objects.bulk_create(_new(events), ignore_conflicts=True)
    _check_paid([one for one in events if one.name == "BatchPaid"])
    ScannedBlock.objects.create(number=number, block_hash=block_hash)
    ScannedBlock.objects.filter(number__lt=number - KEPT_BLOCKS).delete()
    return len(events)


def _new(events: list[ChainEvent]) -> list[ChainEvent]:
    """Those that are no lost rows told again, each with its position in its tx."""
    lost = ChainEvent.objects.lost().filter(tx_hash__in={one.tx_hash for one in events})
    moved = set(lost.values_list("tx_hash", flat=True))
    new = [one for one in events if one.tx_hash not in moved or not _is_told_again(one)]
    counts: Counter[tuple[str, str]] = Counter()
    taken = ChainEvent.objects.filter(tx_hash__in=moved).order_by("position")
    for name, tx_hash, position in taken.values_list("name", "tx_hash", "position"):
        counts[name, tx_hash] = position + 1
    for event in sorted(new, key=lambda one: (one.block_number, one.log_index)):
        event.position = counts[event.name, event.tx_hash]
        counts[event.name, event.tx_hash] += 1
    return new


def _is_told_again(event: ChainEvent) -> bool:
    """True if it was settled, and lost, and is the same row now, wherever its tx lies."""
    same = {"name": event.name, "tx_hash": event.tx_hash, "payload": event.payload}
    there = ChainEvent.objects.filter(block_hash=event.block_hash, log_index=event.log_index)
    if there.exists():
        there.filter(**same).update(lost_at=None)
        return True
    found = ChainEvent.objects.lost().filter(**same).order_by("position", "pk").first()
    if found is None:
        return False
    found.block_number, found.block_hash = event.block_number, event.block_hash
    found.log_index, found.lost_at = event.log_index, None
    found.save(update_fields=["block_number", "block_hash", "log_index", "lost_at"])
    return True


def _check_paid(events: list[ChainEvent]) -> None:
    """Payouts are paused if the vault paid a batch with a tx that we have never signed.

    Then this book is older than the chain, and pays again what it has forgotten; or somebody else
    has the key.
    """
    for event in events:
        number = int(event.payload["batch_id"])
        if not ChainTx.objects.filter(
            batch__number=number, hashes__contains=event.tx_hash
        ).exists():
            logger.error(
                "batch %s was paid by a tx that is none of ours: %s", number, event.tx_hash
            )
            pauses.pause(reason=f"The vault paid a batch {number} that is not in this book.")


def _event(log: LogReceipt) -> ChainEvent | None:
    name, payload = vault.report(log)
    if not name:
        return None
    return ChainEvent(
        name=name,
        block_number=int(log["blockNumber"]),
        block_hash=HexBytes(log["blockHash"]).to_0x_hex(),
        tx_hash=HexBytes(log["transactionHash"]).to_0x_hex(),
        log_index=int(log["logIndex"]),
        payload=payload,
    )
