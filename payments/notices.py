"""Who took money out is told how it ended: behind the money, by a job of its own.

What fails here is tried again, and changes neither a payout nor the book. STIPEND_NOTICE says who
tells people, and STIPEND_MAIL_SINCE how old their mail is: the bank does not know them.
"""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from payments import explorer, money
from payments.models import Payout

PAYOUTS_A_RUN = 1000
ENDED = [Payout.State.PAID, Payout.State.RETURNED]

logger = logging.getLogger(__name__)


def tell(holder: str, kind: str, facts: dict[str, Any], **more: Any) -> None:
    """The notice goes where the settings say, in the caller's transaction; nowhere without them.

    `key` is that of the notice, `private` what its mail alone may say.
    """
    if settings.STIPEND_NOTICE:
        import_string(settings.STIPEND_NOTICE)(holder, kind, facts, **more)


def mail_since(holder: str) -> datetime | None:
    """When the mail address that the holder's notices go to was proved; None without one."""
    if not settings.STIPEND_MAIL_SINCE:
        return None
    found: datetime | None = import_string(settings.STIPEND_MAIL_SINCE)(holder)
    return found


def tell_ended() -> int:
    """How many holders were told that their payout arrived, or came back. Each is told once."""
    due = Payout.objects.filter(told_at=None, state__in=ENDED).order_by("ended_at")
    return sum(
        _tried(payout_id) for payout_id in list(due.values_list("pk", flat=True)[:PAYOUTS_A_RUN])
    )


def _tried(payout_id: UUID) -> bool:
    """One that cannot be told of waits, and keeps no other waiting."""
    try:
        return _tell_ended(payout_id)
    except Exception:  # whatever a notice can fail with
        logger.exception("The holder of payout %s is not told", payout_id)
        return False


@atomic
def _tell_ended(payout_id: UUID) -> bool:
    due = Payout.objects.filter(pk=payout_id, told_at=None, state__in=ENDED)
    free = due.select_for_update(skip_locked=True, of=("self",))
    payout = free.select_related("purse").first()
    if payout is None:
        return False
    kind = "paid" if payout.state == Payout.State.PAID else "returned"
    tell(payout.purse.holder, kind, _facts(payout), key=f"payout:{payout.pk}")
    Payout.objects.filter(pk=payout.pk).update(told_at=timezone.now())
    return True


def _facts(payout: Payout) -> dict[str, Any]:
    return {
        "payout": str(payout.pk),
        "amount": money.format(payout.amount_units),
        "address": payout.address,
        "reason": payout.reason,
        "tx_hash": payout.tx_hash,
        "explorer_url": explorer.tx_url(payout.tx_hash),
        "path": reverse("receipt", args=[payout.pk]),
    }
