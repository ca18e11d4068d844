"""A node's answers, held against what it was asked. What makes no sense is as good as no answer."""

from collections.abc import Sequence
from typing import Any

from hexbytes import HexBytes
from web3.types import BlockData, LogReceipt, TxReceipt

from payments.chain.errors import Unreachable

MOST = 2**63 - 1  # that a column of the database holds
WORD_MOST = 2**256 - 1  # that a contract can tell
INDEX_MOST = 2**31 - 1
HASH_BYTES = 32


def number(value: Any, *, most: int = MOST) -> int:
    """A whole number from 0 on; raises Unreachable for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Unreachable(f"The node tells a number that makes no sense: {value!r}"[:200])
    return int(value)


def hash_of(value: Any) -> str:
    """A hash as 0x and hexadecimal digits; raises Unreachable for anything else."""
    found = HexBytes(value)
    if len(found) != HASH_BYTES:
        raise Unreachable("The node tells a hash that is none.")
    return found.to_0x_hex()


def block(found: BlockData, *, wanted: int) -> BlockData:
    """The block that was asked for by its number; raises Unreachable for any other."""
    if number(found["number"]) != wanted:
        raise Unreachable(f"The node was asked for block {wanted}, and answered with another one.")
    hash_of(found["hash"])
    hash_of(found["parentHash"])
    number(found["timestamp"])
    return found


def logs(
    found: Sequence[LogReceipt], *, address: str, blocks: range, block_hash: str = ""
) -> list[LogReceipt]:
    """Each log once: of this contract, in these blocks, or in the one of this hash.

    Raises Unreachable when there is any other, or two in the same place.
    """
    placed: dict[tuple[str, int], LogReceipt] = {}
    for log in found:
        place = hash_of(log["blockHash"]), number(log["logIndex"], most=INDEX_MOST)
        is_ours = HexBytes(log["address"]) == HexBytes(address) and not log.get("removed")
        is_there = number(log["blockNumber"]) in blocks and block_hash in {"", place[0]}
        hash_of(log["transactionHash"])
        if not is_ours or not is_there or told(placed.setdefault(place, log)) != told(log):
            raise Unreachable("The node tells of events that it was not asked for.")
    return list(placed.values())


def told(log: LogReceipt) -> tuple[Any, ...]:
    """All that counts of one log."""
    topics = tuple(HexBytes(one).to_0x_hex() for one in log["topics"])
    place = log["blockNumber"], hash_of(log["blockHash"]), log["logIndex"]
    return *place, hash_of(log["transactionHash"]), topics, HexBytes(log["data"]).to_0x_hex()


def receipt(found: TxReceipt, *, tx_hash: str) -> TxReceipt:
    """The receipt of this tx; raises Unreachable for any other."""
    if HexBytes(found["transactionHash"]) != HexBytes(tx_hash):
        raise Unreachable("The node was asked for one tx, and answered with another one.")
    number(found["blockNumber"])
    hash_of(found["blockHash"])
    number(found["status"], most=1)
    number(found["gasUsed"])
    number(found["effectiveGasPrice"])
    for log in found["logs"]:
        told(log)
    return found
