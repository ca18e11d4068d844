"""Payouts that no batch has taken up, called back: the money is where it came from."""

from django.db.models import QuerySet
from django.utils import timezone

from payments import ledger
from payments.ledger import Posting
from payments.models import Account, Entry, Payout


def recall(payouts: QuerySet[Payout], *, reason: str) -> int:
    """How many: REQUESTED → RETURNED, and LEAVING → where it came from. In a transaction."""
    requested = payouts.filter(state=Payout.State.REQUESTED)
    found = list(requested.select_for_update(of=("self",)).order_by("pk"))
    if not found:
        return 0
    now = timezone.now()
    for one in found:
        one.state, one.reason, one.ended_at = Payout.State.RETURNED, reason, now
    ledger.post_all([_posting(one) for one in found])
    return Payout.objects.bulk_update(found, ["state", "reason", "ended_at"])


def _posting(payout: Payout) -> Posting:
    units, kind = payout.amount_units, Entry.Kind.RETURN
    moves = [
        (payout.purse_id, Account.Kind.LEAVING, -units),
        (payout.purse_id, payout.source, units),
    ]
    return Posting(key=f"return:{payout.pk}", kind=kind, moves=moves, cause=payout.reason)
