"""Jobs: where the bank's front and its back room meet. Each may run twice, and twice at once.

The rows say what is due; nothing is handed over in a job's arguments. No call to the chain is
made inside a database transaction.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from celery import shared_task as job
from django.db import connection
from django.db.models.functions import Now
from django.db.transaction import atomic

from payments import deposits, exits, notices, payouts, roots, solvency
from payments import reconcile as proofs
from payments.chain import batching, client, facts, gas, sender, vault, watcher
from payments.chain.alone import SCANNING, alone
from payments.chain.errors import ChainError, Unreachable
from payments.models import Batch, ChainTx, Network, Payout, Reconciliation, ScannedBlock

BATCHES_LIMIT = 20  # per run
READ_SECONDS = 120  # since the chain was read to its end, for batches to be made
RECONCILIATIONS_KEPT = 1000
PROOF_TRIES = 5  # while the chain is reorganised
UNITS_MOST = 2**63 - 1  # that a column holds

logger = logging.getLogger(__name__)


@job(name="payments.jobs.scan_deposits")
def scan_deposits() -> int:
    """Reads what the vault reported, and writes confirmed deposits and exits into the book.

    0 while another process is at it.
    """
    with alone(SCANNING) as mine:  # nobody reads on, or back, between what is vouched for and money
        if not mine:
            return 0
        try:
            watcher.scan()
            depth_blocks = watcher.vouched_depth()
        except ChainError as error:
            logger.warning("The chain was not read: %s", error)
            return 0
        if exits.are_pending():
            sender.give_up()
        exits.settle(depth_blocks=depth_blocks)
        return deposits.settle(depth_blocks=depth_blocks)


@job(name="payments.jobs.pump_payouts")
def pump_payouts() -> int:
    """Batches what was asked for, moves every chain tx on, and ends what is deep enough."""
    if Payout.objects.filter(state=Payout.State.REQUESTED).exists():
        _tried("Payouts wait to be batched", _batch_all)
    _tried("The chain txs wait", sender.advance)
    return payouts.settle_ended()


def _tried(what_waits: str, step: Callable[[], object]) -> None:
    """A step that the chain does not answer holds up no other one."""
    try:
        step()
    except ChainError as error:
        logger.warning("%s: %s", what_waits, error)


def _batch_all() -> None:
    network = client.network()
    if network.paused_at or _is_behind(network):
        return
    room = batching.room()
    queue = partial(queue_batch, gas=room.gas or vault.TX_GAS)
    for _ in range(BATCHES_LIMIT):
        if payouts.batch(queue=queue, room=room) is None:
            return


def _is_behind(network: Network) -> bool:
    """True if the chain was not read to its end of late: it may have paid what we forgot."""
    if network.read_at is None:  # and then nothing is in the book
        return False
    late = Now() - timedelta(seconds=READ_SECONDS)
    return Network.objects.filter(pk=network.pk, read_at__lt=late).exists()


@job(name="payments.jobs.record_owed")
def record_owed() -> bool:
    """Has the root of what everybody is owed put on chain, where that is due."""
    try:
        network = client.network()
        silence_seconds = facts.exit_delay_seconds(network.vault_address)
        recorded_root = vault.balances_root(network.vault_address)
    except ChainError as error:
        logger.warning("What is owed is not recorded: %s", error)
        return False
    if network.paused_at or _is_behind(network):
        return False
    made = roots.record(
        queue=queue_batch, silence_seconds=silence_seconds, recorded_root=recorded_root
    )
    return made is not None


@job(name="payments.jobs.tell_ended")
def tell_ended() -> int:
    """Who took money out is told that it arrived, or came back."""
    return notices.tell_ended()


@job(name="payments.jobs.watch_gas")
def watch_gas() -> bool:
    """Notes what the payer has for gas; an error in the log when it lasts for too few batches."""
    try:
        return gas.look()
    except ChainError as error:
        logger.warning("The gas money was not looked at: %s", error)
        return False


def queue_batch(
    batch: Batch,
    payees: Sequence[payouts.Payee],
    roots: solvency.Roots,
    *,
    gas: int = vault.TX_GAS,
) -> ChainTx:
    """The chain tx that pays these payees as this batch, READY, with so much gas at most."""
    return sender.queue(
        f"batch:{batch.pk}",
        calldata=vault.encode_pay(batch.number, payees, roots=roots),
        gas_limit=vault.pay_gas_limit(len(payees), most=gas),
    )


def prove(*, with_chain: bool = True) -> proofs.Report:
    """The book proved in one snapshot, and against the vault as of the newest block read.

    Raises ChainError.
    """
    if not with_chain:
        return _proved()
    for _ in range(PROOF_TRIES):
        watcher.scan()
        read = ScannedBlock.objects.first()
        if read is None:
            raise Unreachable("No block was read yet.")
        units = vault.token_balance(block_number=read.number)
        if client.block_hash(read.number) != read.block_hash:
            continue  # what it held is of another chain than what was read
        with contextlib.suppress(_ReadAnew):
            return _proved(proofs.Holding(units=units, block_number=read.number), read=read)
    raise Unreachable("The chain changed while it was read.")


class _ReadAnew(Exception):
    """Another process has unread the block that the proof begins from."""


def _proved(
    holding: proofs.Holding | None = None, *, read: ScannedBlock | None = None
) -> proofs.Report:
    with atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # outermost: one snapshot for all proofs
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if (
            read is not None
            and not ScannedBlock.objects.filter(
                number=read.number, block_hash=read.block_hash
            ).exists()
        ):
            raise _ReadAnew
        return proofs.run(holding)


@job(name="payments.jobs.reconcile")
def reconcile() -> bool:
    """Proves the book; what is off is logged as an error."""
    try:
        report = prove()
    except ChainError as error:
        logger.warning("Reconciled without the chain: %s", error)
        report = prove(with_chain=False)
    for problem in report.problems:
        logger.error("reconcile: %s", problem)
    _keep(report)
    return report.ok


def _keep(report: proofs.Report) -> None:
    """What was found, for the admins' page and for the metrics."""
    holding = report.holding
    Reconciliation.objects.create(
        is_clean=report.ok,
        problems=report.problems,
        figures=report.figures,
        facts=report.facts,
        block_number=holding.block_number if holding else None,
        vault_units=min(holding.units, UNITS_MOST) if holding else None,  # anybody may send some
    )
    newest = Reconciliation.objects.values_list("pk", flat=True)[:RECONCILIATIONS_KEPT]
    Reconciliation.objects.filter(pk__lt=min(newest)).delete()
