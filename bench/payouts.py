"""How fast a payday goes: `bench payouts`.

So many people have earned, and ask for it while the network is paused. Then the product's own
worker batches the payouts, signs and sends the batches, waits until they are deep enough on the dev
chain, and settles them in the book. The time spent waiting for the chain is that in which nothing
is left to do but to wait for blocks.
"""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from bench import purse
from payments import escrow, jobs, payouts
from payments.chain.wallet import Wallet
from payments.models import Batch, ChainTx, Network, Payout

PRICE_UNITS = 50_000
PEOPLE_A_RELEASE = 1_000
ASKING = 8  # at once
PAYDAY_SECONDS = 1_800
LOOKED_AT = 100  # wallets whose balance is read from the chain
UNSENT = [ChainTx.State.READY, ChainTx.State.SIGNED]


@dataclass(frozen=True)
class Payday:
    """How long it took from the first batch to the last line in the book."""

    seconds: float
    waited_seconds: float


def measure(*, people: int) -> dict[str, Any]:
    """Prints the figures for a person, then as the last line one JSON object, and returns it."""
    name = f"bench:{os.getpid()}"
    _earned(name, people)
    Network.objects.update(paused_at=timezone.now(), paused_for="bench payouts")
    asked_s = _timed(lambda: _ask(name, people))
    Network.objects.update(paused_at=None, paused_for="")
    mine = Payout.objects.filter(purse__holder__startswith=f"{name}:")
    payday = _paid(mine, people)
    _check(name, people)
    txs = ChainTx.objects.filter(batch__in=Batch.objects.filter(payouts__in=mine))
    batches, gas = txs.count(), txs.aggregate(sum=Sum("gas_used"))["sum"]
    figures = {
        "payees": people,
        "batches": batches,
        "seconds": round(payday.seconds, 2),
        "payees_per_s": round(people / payday.seconds, 1),
        "waiting_for_chain": round(payday.waited_seconds / payday.seconds, 3),
        "gas_a_payee": round(gas / people, 1),
        "requests_per_s": round(people / asked_s, 1),
    }
    print(f"{people:,} payees in {batches} batches, paid, confirmed and settled:")
    for what, figure in figures.items():
        print(f"  {what.replace('_', ' '):<18} {figure:,}")
    print(json.dumps(figures))
    return figures


def _timed(work: Callable[[], None]) -> float:
    started_at = perf_counter()
    work()
    return perf_counter() - started_at


def _earned(name: str, people: int) -> None:
    """Everybody has earned one price, from a purse that the chain has filled."""
    units = people * PRICE_UNITS
    purse_id = purse.filled(name, units=units)
    escrow.hold(purse_id, key=f"hold:{name}", amount_units=units)
    for first in range(0, people, PEOPLE_A_RELEASE):
        numbers = range(first, min(first + PEOPLE_A_RELEASE, people))
        escrow.release_all(purse_id, [_release(name, number) for number in numbers])


def _release(name: str, number: int) -> escrow.Release:
    return escrow.Release(
        key=f"release:{name}:{number}",
        payee=f"{name}:{number}",
        amount_units=PRICE_UNITS,
        fee_units=0,
        cause="bench",
    )


def _address(name: str, number: int) -> str:
    """A wallet that nobody has used."""
    return str(to_checksum_address(keccak(text=f"{name}:{number}")[-20:]))


def _ask(name: str, people: int) -> None:
    with ThreadPoolExecutor(ASKING) as pool:
        list(pool.map(partial(_ask_for, name), range(people)))


def _ask_for(name: str, number: int) -> None:
    address = _address(name, number)
    payouts.request(f"{name}:{number}", amount_units=PRICE_UNITS, address=address)


def _paid(mine: QuerySet[Payout], people: int) -> Payday:
    """Returns when the book says of every payout that it has arrived."""
    started_at, waited_seconds = perf_counter(), 0.0

    def arrived() -> bool:
        nonlocal waited_seconds
        if _only_waits():
            waited_seconds += purse.POLL_SECONDS
        return mine.filter(state=Payout.State.PAID).count() == people

    purse.until(arrived, seconds=PAYDAY_SECONDS)
    return Payday(perf_counter() - started_at, waited_seconds)


def _only_waits() -> bool:
    """True while every payout under way is in a chain tx that is sent and not deep enough."""
    if Payout.objects.filter(state=Payout.State.REQUESTED).exists():
        return False
    under_way = Batch.objects.filter(settled_at=None)
    states = set(under_way.values_list("chain_tx__state", flat=True))
    return states == {ChainTx.State.SENT}


def _check(name: str, people: int) -> None:
    """The chain and the book say the same, and the wallets hold the money."""
    report = jobs.prove()
    if not report.ok:
        raise RuntimeError(f"The book does not reconcile: {report.problems[:3]}")
    for number in range(0, people, max(people // LOOKED_AT, 1)):
        units = Wallet.token_balance(_address(name, number))
        if units != PRICE_UNITS:
            raise RuntimeError(f"Wallet {number} holds {units} units.")
