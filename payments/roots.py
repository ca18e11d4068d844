"""Roots: what everybody is owed reaches the chain also while nobody takes money out.

Who earned since the last batch has no leaf in its root, and after a long time without a batch the
vault takes the house for gone. So now and then a batch of nobody records what is owed.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils import timezone

from payments import exits, pauses, payouts, solvency, turns
from payments.models import Batch, ChainTx, Payout
from payments.payouts import Queue

SILENCE_PARTS = 3  # a house that lives never lets more than one of them go by
QUIET_DAYS = 11  # one of them, of the 30 days that a vault comes with, and a day on top


@atomic
def record(*, queue: Queue, silence_seconds: int, recorded_root: str) -> Batch | None:
    """A batch of nobody with the root of what everybody is owed; None while it is not due.

    Due is what the vault has another root of, whoever recorded that, once the last batch is
    STIPEND_ROOT_SECONDS old, or at once if something came back that its root calls paid; and what
    it has, before a third is over of the silence after which it lets everybody exit. None, too,
    while a batch is under way or an exit is not in the book. Two at once make one.
    """
    if not turns.take() or exits.are_pending() or pauses.is_paused():
        return None
    if Batch.objects.filter(settled_at=None).exists():
        return None
    mined = Batch.objects.exclude(chain_tx__state=ChainTx.State.FAILED)
    last = mined.annotate(age=Now() - F("created_at")).order_by("-number").first()
    is_young = last and last.age < timedelta(seconds=settings.STIPEND_ROOT_SECONDS)
    if last and is_young and not _is_short(last):
        return None
    owed = solvency.owed(paying=[])
    is_new = "0x" + owed.roots[0].hex() != recorded_root
    late = timedelta(seconds=silence_seconds // SILENCE_PARTS)
    if is_new or (owed.balances and last and last.age >= late):
        return payouts.make([], owed=owed, queue=queue)
    return None


def _is_short(last: Batch) -> bool:
    """True if a payee was skipped, or a batch failed, and this one's root counts them as paid."""
    back = Payout.objects.filter(state=Payout.State.RETURNED, ended_at__gte=last.created_at)
    return back.filter(batch__number__lte=last.number).exists()


def quiet_since() -> datetime | None:
    """When the last batch was paid, if that is so long ago that something keeps the next one back;
    None for a house that lives, or owes nobody anything."""
    last = solvency.recorded().first()
    if last is None or not last.total_units:
        return None
    at = last.batch.chain_tx.confirmed_at
    return at if at and timezone.now() - at > timedelta(days=QUIET_DAYS) else None
