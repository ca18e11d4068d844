"""A vault with money in it, and chain txs that pay out of it."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from eth_utils import keccak, to_checksum_address

from payments import jobs
from payments.chain import sender
from payments.chain.wallet import Wallet
from payments.models import Batch, ChainTx

HELD = 1_000_000_000
PURSE = "0x" + "0" * 63 + "7"
ROUNDS = 6
ROOTS = (b"\x0b" * 32, b"\x0c" * 32)

_numbers = count(1)


def nobody(number: int) -> str:
    """An address that nobody has used."""
    return to_checksum_address(keccak(text=f"payee {number}")[-20:])


def fresh_batch() -> Batch:
    """A batch of a number that the vault has not seen."""
    return Batch(number=next(_numbers))


@pytest.fixture
def vault_money(chain: Any) -> int:
    """Units that the vault holds."""
    requester = Wallet(2)
    requester.mint(HELD)
    requester.deposit(PURSE, HELD)
    return HELD


@pytest.fixture
def queued(vault_money: int) -> Callable[..., ChainTx]:
    """Queues a batch that pays these payees."""

    def queue(*payees: tuple[str, int]) -> ChainTx:
        return jobs.queue_batch(fresh_batch(), payees or [(nobody(1), 500)], ROOTS)

    return queue


@pytest.fixture
def run(mine: Callable[..., None]) -> Callable[[ChainTx], ChainTx]:
    """Advances, while blocks come, until the tx has ended or nothing helps."""

    def until_ended(tx: ChainTx, rounds: int = ROUNDS) -> ChainTx:
        for _ in range(rounds):
            sender.advance()
            mine()
        sender.advance()
        tx.refresh_from_db()
        return tx

    return until_ended


@pytest.fixture
def by_hand(chain: Any) -> Iterator[None]:
    """Nothing is mined but on demand."""
    chain.call("evm_setAutomine", False)
    yield
    chain.call("evm_setAutomine", True)
