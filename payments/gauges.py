"""Gauges: what a monitor asks for every few seconds, and nothing that takes long to tell.

Each is read from a row or two by an index. What takes a walk through the book is a fact that the
last reconciliation kept, and is as old as `stipend_reconcile_timestamp_seconds` says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from payments import solvency
from payments.models import (
    Batch,
    ChainTx,
    Correction,
    Network,
    Payout,
    Reconciliation,
    ScannedBlock,
)

UNDER_WAY = [ChainTx.State.READY, ChainTx.State.SIGNED, ChainTx.State.SENT]
State = Payout.State


@dataclass(frozen=True)
class Gauge:
    """A figure with its meaning; with a label one for each of its values."""

    name: str
    help: str
    value: float | None = None
    label: str = ""
    values: tuple[tuple[str, float], ...] = ()


def all_of_them() -> Iterator[Gauge]:
    """What there is to tell; a figure that nobody knows yet is left out."""
    found = (*_of_proof(), *_of_queue(), *_of_chain(), *_of_network())
    return (one for one in found if one.value is not None or one.values)


def _seconds_since(moment: datetime | None) -> float:
    """0 where nothing waits."""
    return max((timezone.now() - moment).total_seconds(), 0.0) if moment else 0.0


def _of_proof() -> Iterator[Gauge]:
    """What the last reconciliation found, and what it kept."""
    last = Reconciliation.objects.first()
    if last is None:
        return
    facts: dict[str, Any] = last.facts
    yield Gauge("reconcile_clean", "1 if the last proof of the book found nothing.", last.is_clean)
    yield Gauge("reconcile_problems", "Sentences in the last proof.", len(last.problems))
    yield Gauge(
        "reconcile_timestamp_seconds", "When the book was proved last.", last.at.timestamp()
    )
    yield Gauge(
        "book_units",
        "Base units in all accounts of a kind, when the book was proved.",
        label="account",
        values=tuple(sorted(facts.get("balance_units", {}).items())),
    )
    yield Gauge(
        "payouts_ended",
        "Payouts that have ended, when the book was proved.",
        label="state",
        values=tuple((one, facts[one]) for one in (State.PAID, State.RETURNED) if one in facts),
    )
    yield Gauge(
        "vault_owed_units", "Base units that the vault has to hold.", facts.get("in_house_units")
    )
    yield Gauge(
        "wallets_on_hold", "Changed wallets that do not count yet.", facts.get("wallets_on_hold")
    )
    yield Gauge(
        "stray_deposits", "Confirmed deposits in no purse.", facts.get("unknown_deposits_count")
    )
    yield from _of_vault(last)


def _of_vault(last: Reconciliation) -> Iterator[Gauge]:
    """What the vault held when somebody could look: maybe before the last proof."""
    seen = Reconciliation.objects.exclude(vault_units=None)
    look = last if last.vault_units is not None else seen.first()
    if look is not None:
        surplus_units = look.facts.get("surplus_units")
        yield Gauge("vault_units", "Base units that the vault held.", look.vault_units)
        yield Gauge("vault_surplus_units", "More than the book says; never below 0.", surplus_units)
        at = look.at.timestamp()
        yield Gauge("vault_timestamp_seconds", "When the vault was looked at last.", at)
    root = solvency.recorded().first()
    if root is not None:
        units, homeless = root.total_units, root.homeless_units
        yield Gauge("root_owed_units", "Base units under the last batch's root.", units)
        yield Gauge("root_homeless_units", "Owed to people without a wallet, then.", homeless)
        paid_at = root.batch.chain_tx.confirmed_at
        yield Gauge("root_timestamp_seconds", "When that was.", paid_at.timestamp())


def _of_queue() -> Iterator[Gauge]:
    """Payouts that have not ended, and what waits for admins."""
    asked = Payout.objects.filter(state=State.REQUESTED).aggregate(
        count=Count("pk"),
        large=Count("pk", filter=Q(needs_approval=True, approved_at=None)),
        oldest=Min("requested_at"),
    )
    batches = Batch.objects.filter(settled_at=None)
    open_ones = batches.aggregate(count=Count("payouts"), oldest=Min("created_at"))
    counts = ((State.REQUESTED, asked["count"]), (State.BATCHED, open_ones["count"]))
    yield Gauge("payouts", "Payouts that have not ended.", label="state", values=counts)
    yield Gauge("payouts_waiting_for_admins", "Large payouts that need a word.", asked["large"])
    yield Gauge(
        "oldest_payout_seconds",
        "Age of the oldest payout in no batch; 0 for none.",
        _seconds_since(asked["oldest"]),
    )
    yield Gauge(
        "oldest_batch_seconds",
        "Age of the oldest batch that is not settled; 0 for none.",
        _seconds_since(open_ones["oldest"]),
    )
    proposed = Correction.objects.filter(state=Correction.State.PROPOSED).count()
    yield Gauge("corrections_proposed", "Corrections that wait for a second admin.", proposed)


def _of_chain() -> Iterator[Gauge]:
    """Chain txs under way."""
    found = ChainTx.objects.filter(state__in=UNDER_WAY).order_by().values_list("state")
    counts = dict.fromkeys(UNDER_WAY, 0) | dict(found.annotate(count=Count("pk")))
    stuck = ChainTx.objects.filter(state__in=UNDER_WAY).exclude(error="").count()
    yield Gauge(
        "chain_txs", "Chain txs under way.", label="state", values=tuple(sorted(counts.items()))
    )
    yield Gauge("chain_txs_with_error", "Those of them that wait and say why.", stuck)


def _of_network() -> Iterator[Gauge]:
    """The watcher, the pause switch and the payer's gas money."""
    network = Network.objects.first()
    if network is None:
        return
    read = ScannedBlock.objects.values_list("number", flat=True).first()
    yield Gauge("payouts_paused", "1 while an admin has paused payouts.", bool(network.paused_at))
    wei = None if network.gas_wei is None else float(network.gas_wei)
    yield Gauge("gas_wei", "What the payer has for gas.", wei)
    yield Gauge("gas_low", "1 while that is too little.", bool(network.gas_low_at))
    yield Gauge("watcher_block", "The newest block that was read.", read)
    yield Gauge("chain_head_block", "The newest block that the node told.", network.head_block)
    if read is not None and network.head_block is not None:
        lag = max(network.head_block - read, 0)
        yield Gauge("watcher_lag_blocks", "Blocks that are there and not read.", lag)
    if network.read_at is not None:
        age = _seconds_since(network.read_at)
        yield Gauge("watcher_lag_seconds", "Since the chain was read to its end.", age)
