"""Jobs: where the bank's front and its back room meet. Each may run twice, and twice at once.

The rows say what is due; nothing is handed over in a job's arguments. No call to the chain is
made inside a database transaction.
"""

import logging
from collections.abc import Sequence

from celery import shared_task as job
from django.conf import settings
from django.db import connection
from django.db.transaction import atomic

from payments import deposits, exits, payouts, solvency
from payments import reconcile as proofs
from payments.chain import sender, vault, watcher
from payments.chain.errors import ChainError
from payments.models import Batch, ChainTx, ScannedBlock

BATCHES_LIMIT = 20  # per run

logger = logging.getLogger(__name__)


@job(name="payments.jobs.scan_deposits")
def scan_deposits() -> int:
    """Reads what the vault reported, and writes confirmed deposits into the book."""
    try:
        watcher.scan()
    except ChainError as error:
        logger.warning("The chain was not read: %s", error)
    exits.settle(depth_blocks=settings.CHAIN_CONFIRMATIONS)
    return deposits.settle(depth_blocks=settings.CHAIN_CONFIRMATIONS)


@job(name="payments.jobs.pump_payouts")
def pump_payouts() -> int:
    """Batches what was asked for, moves every chain tx on, and ends what is deep enough."""
    try:
        for _ in range(BATCHES_LIMIT):
            if payouts.batch(queue=queue_batch) is None:
                break
        sender.advance()
    except ChainError as error:
        logger.warning("The chain txs wait: %s", error)
    return payouts.settle_ended()


def queue_batch(batch: Batch, payees: Sequence[payouts.Payee], roots: solvency.Roots) -> ChainTx:
    """The chain tx that pays these payees as this batch, READY."""
    return sender.queue(
        f"batch:{batch.pk}",
        calldata=vault.encode_pay(batch.number, payees, roots=roots),
        gas_limit=vault.pay_gas_limit(len(payees)),
    )


def prove(*, with_chain: bool = True) -> proofs.Report:
    """The book proved in one snapshot, and against the vault as of the newest block read.

    Raises ChainError.
    """
    holding = None
    if with_chain:
        watcher.scan()
        newest = ScannedBlock.objects.latest("number").number
        units = vault.token_balance(block_number=newest)
        holding = proofs.Holding(units=units, block_number=newest)
    with atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # outermost: one snapshot for all proofs
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
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
    return report.ok
