"""Payouts and lines of the statement in plain words."""

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from payments import pauses
from payments.models import Entry, Payout

STATES = {
    Payout.State.REQUESTED: _("Waiting for the next batch"),
    Payout.State.BATCHED: _("On its way on the chain"),
    Payout.State.PAID: _("Arrived in your wallet"),
    Payout.State.RETURNED: _("Came back to your earnings"),
}
PAUSED = _("Payouts are paused for now: it leaves as soon as they go on")
LARGE = _("A large amount: it leaves when two admins have looked at it")
CAUSES = {
    Entry.Kind.HOLD: _("At stake in an appeal"),
    Entry.Kind.REFUND: _("Back from an appeal"),
    Entry.Kind.RELEASE: _("Accepted work"),
    Entry.Kind.PAYOUT: _("Payout"),
    Entry.Kind.RETURN: _("Payout that came back"),
    Entry.Kind.EXIT: _("Taken out of the vault with a proof"),
    Entry.Kind.BONUS: _("Bonus"),
    Entry.Kind.CORRECTION: _("Correction"),
}


def of_payout(payout: Payout) -> str:
    """How a payout stands."""
    if payout.waits_for_admins:
        return str(LARGE)
    if payout.state == Payout.State.REQUESTED and pauses.is_paused():
        return str(PAUSED)
    return translate(payout.reason) if payout.reason else str(STATES[Payout.State(payout.state)])


def of_cause(cause: str) -> str:
    """What work an entry is for: those who gave the cause word it (STIPEND_CAUSES)."""
    return str(import_string(settings.STIPEND_CAUSES)(cause))


def of_kind(kind: str) -> str:
    """What a line of the statement is, where nothing more particular is known."""
    return str(CAUSES.get(Entry.Kind(kind), kind))
