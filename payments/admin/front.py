"""The admin's front page: what is wrong with the money now, or that nothing is."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments import deposits, money
from payments.models import ChainTx, Correction, Network, Payout, Reconciliation

WEI = 10**18
UNDER_WAY = [ChainTx.State.READY, ChainTx.State.SIGNED, ChainTx.State.SENT]

admin.site.index_template = "payments/admin/index.html"


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The front page's context with `alarms`, for those who may look at money."""
    if request.user.has_perm("payments.view_network"):
        context["alarms"] = alarms()
        context["money_is_watched"] = True
    return context


def alarms() -> list[dict[str, str]]:
    """What an admin has to know of: a sentence and the page to go to."""
    return [*_of_network(), *_of_book(), *_of_waiting()]


def _alarm(text: str, page: str, query: str = "") -> dict[str, str]:
    return {"text": text, "url": reverse(f"admin:payments_{page}_changelist") + query}


def _of_network() -> list[dict[str, str]]:
    network, found = Network.objects.first(), []
    if network is None:
        return [_alarm(_("There is no vault yet."), "network")]
    if network.paused_at:
        said = _("Payouts are paused since %(time)s: %(reason)s")
        given = {"time": timesince(network.paused_at), "reason": network.paused_for}
        found.append(_alarm(said % given, "network"))
    if network.gas_low_at:
        said = _("The payer's gas money is low: %(coins)s are left, and not enough for long.")
        coins = f"{(network.gas_wei or 0) / WEI:.6f}"
        found.append(_alarm(said % {"coins": coins}, "network"))
    return found


def _of_book() -> list[dict[str, str]]:
    last, found = Reconciliation.objects.first(), []
    if last and not last.is_clean:
        number = len(last.problems)
        said = ngettext("Reconcile found %d problem.", "Reconcile found %d problems.", number)
        found.append(_alarm(said % number, "reconciliation"))
    count, units = deposits.unknown()
    if count:
        said = ngettext(
            "%(count)d deposit of %(sum)s is in no purse.",
            "%(count)d deposits of %(sum)s are in no purse.",
            count,
        )
        found.append(
            _alarm(said % {"count": count, "sum": money.format(units)}, "chainevent", "?stray=1")
        )
    return found


def _of_waiting() -> list[dict[str, str]]:
    large = Payout.objects.filter(
        state=Payout.State.REQUESTED, needs_approval=True, approved_at=None
    ).count()
    proposed = Correction.objects.filter(state=Correction.State.PROPOSED).count()
    stuck = ChainTx.objects.filter(state__in=UNDER_WAY).exclude(error="").count()
    found = []
    if large:
        said = ngettext("%d payout waits for admins.", "%d payouts wait for admins.", large)
        found.append(_alarm(said % large, "payout"))
    if proposed:
        said = ngettext("%d correction is open.", "%d corrections are open.", proposed)
        found.append(_alarm(said % proposed, "correction"))
    if stuck:
        said = ngettext("%d chain tx waits and says why.", "%d chain txs wait and say why.", stuck)
        found.append(_alarm(said % stuck, "chaintx"))
    return found
