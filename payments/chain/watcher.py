"""Reads what the vault reports, and unreads what a reorganisation took back.

Promises: every event of every scanned block is a row, once. Hashes of the last blocks are kept; if
the chain tells another story, the unsettled events of the fork are deleted and read anew.
"""

import logging
from itertools import pairwise

from django.conf import settings
from django.db.transaction import atomic
from hexbytes import HexBytes
from web3.types import LogReceipt

from payments.chain import client, vault
from payments.chain.alone import SCANNING, alone
from payments.chain.errors import Refused, Unreachable
from payments.models import ChainEvent, Network, ScannedBlock

HASHED_BLOCKS = 64  # the newest blocks of which every hash is kept
KEPT_BLOCKS = 1000  # scanned blocks that are remembered

logger = logging.getLogger(__name__)


def scan() -> int:
    """How many new events were read; 0 while another process is at it. Raises ChainError."""
    with alone(SCANNING) as mine:
        if not mine:
            return 0
        network = client.network()
        head = client.head()
        _rewind(head)
        return _read_on(network, head)


def _rewind(head: int) -> None:
    """Back to the newest block that the node and we know by the same hash.

    A node that lags behind tells the same story, only less of it: then nothing is forgotten.
    """
    known = ScannedBlock.objects.order_by("-number")
    newest = known.filter(number__lte=head).first()
    if newest is None and not known.exists():
        return
    for scanned in known.filter(number__lte=head).iterator():
        if client.block_hash(scanned.number) == scanned.block_hash:
            if scanned != newest:
                _forget_above(scanned.number)
            return
    _forget_above(-1)


@atomic
def _forget_above(number: int) -> None:
    ChainEvent.objects.unsettled().filter(block_number__gt=number).delete()
    lost_count = ChainEvent.objects.filter(block_number__gt=number).count()
    if lost_count:
        logger.error("%s settled events lie above block %s, on a fork", lost_count, number)
    ScannedBlock.objects.filter(number__gt=number).delete()


def _read_on(network: Network, head: int) -> int:
    last = ScannedBlock.objects.order_by("-number").first()
    start = network.deployed_block if last is None else last.number + 1
    size, count = settings.CHAIN_SCAN_BLOCKS, 0
    while start <= head:
        end = min(start + size - 1, head)
        if end > head - HASHED_BLOCKS:  # never a mix of hashed and plain blocks
            end = head if start > head - HASHED_BLOCKS else head - HASHED_BLOCKS
        try:
            found = client.logs(network.vault_address, from_block=start, to_block=end)
        except Refused:
            if size == 1:
                raise
            size = max(size // 2, 1)
            continue
        count += _keep(found, start=start, end=end, hashes=_hashes(start, end, head=head))
        start = end + 1
    return count


def _hashes(start: int, end: int, *, head: int) -> dict[int, str]:
    """The hashes of the newest blocks, each the child of the one before; else of the last alone.

    Raises Unreachable when the chain changed meanwhile.
    """
    first = start if start > head - HASHED_BLOCKS else end
    blocks = [client.block(number) for number in range(first, end + 1)]
    found = [block for block in blocks if block is not None]
    if len(found) < len(blocks):
        raise Unreachable("The chain changed while it was read.")
    for before, after in pairwise(found):
        if HexBytes(after["parentHash"]) != HexBytes(before["hash"]):
            raise Unreachable("The chain changed while it was read.")
    last = ScannedBlock.objects.filter(number=first - 1).first()
    if last and HexBytes(found[0]["parentHash"]).to_0x_hex() != last.block_hash:
        raise Unreachable("The chain changed while it was read.")
    return {int(one["number"]): HexBytes(one["hash"]).to_0x_hex() for one in found}


@atomic
def _keep(found: list[LogReceipt], *, start: int, end: int, hashes: dict[int, str]) -> int:
    events = [event for log in found if (event := _event(log, hashes)) is not None]
    ChainEvent.objects.bulk_create(events, ignore_conflicts=True)
    ScannedBlock.objects.bulk_create(
        ScannedBlock(number=number, block_hash=block_hash) for number, block_hash in hashes.items()
    )
    ScannedBlock.objects.filter(number__lt=end - KEPT_BLOCKS).delete()
    return len(events)


def _event(log: LogReceipt, hashes: dict[int, str]) -> ChainEvent | None:
    name, payload = vault.report(log)
    if not name:
        return None
    number, block_hash = int(log["blockNumber"]), HexBytes(log["blockHash"]).to_0x_hex()
    if hashes.get(number, block_hash) != block_hash:
        raise Unreachable("The chain changed while it was read.")
    return ChainEvent(
        name=name,
        block_number=number,
        block_hash=block_hash,
        tx_hash=HexBytes(log["transactionHash"]).to_0x_hex(),
        log_index=int(log["logIndex"]),
        payload=payload,
    )
