"""The admin's front page: what is wrong now, or that nothing is, and how things stand."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments import deposits, money, roots
from payments.models import ChainTx, Correction, Network, Payout, Reconciliation

WEI = 10**18
UNDER_WAY = [ChainTx.State.READY, ChainTx.State.SIGNED, ChainTx.State.SENT]

admin.site.index_template = "payments/admin/index.html"


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The front page's context with the `alarms` and `figures` that this admin may see, of
    ADMIN_ALARMS and ADMIN_FIGURES."""
    alarms = _told(settings.ADMIN_ALARMS, request.user)
    figures = _told(settings.ADMIN_FIGURES, request.user)
    context["is_watched"] = bool(alarms)
    context["alarms"] = [alarm for found in alarms for alarm in found]
    context["figures"] = [figure for found in figures for figure in found]
    return context


def _told(paths: list[str], user: Any) -> list[list[dict[str, str]]]:
    """What each says to whom it may be told."""
    told = [import_string(path)(user) for path in paths]
    return [found for found in told if found is not None]


def alarms(user: Any) -> list[dict[str, str]] | None:
    """What of the money an admin has to know: a sentence and the page to go to, each; None for who
    may not look at it."""
    if not user.has_perm("payments.view_network"):
        return None
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
    quiet_since = roots.quiet_since()
    if quiet_since:
        said = _(
            "No batch was paid for %(time)s. Once that is the vault's exit delay (30 days), "
            "whoever was owed money then can take it out, even if it is promised to others by now."
        )
        found.append(_alarm(said % {"time": timesince(quiet_since)}, "chaintx"))
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


def figures(user: Any) -> list[dict[str, str]] | None:
    """How the money stands: a name, a text and the page behind it, each; None for who may not look
    at it."""
    if not user.has_perm("payments.view_network"):
        return None
    return [*_of_proof(), *_of_queue(), *_of_gas()]


def _figure(name: str, text: str, page: str, query: str = "") -> dict[str, str]:
    return {"name": name, "text": text, "url": reverse(f"admin:payments_{page}_changelist") + query}


def _of_proof() -> list[dict[str, str]]:
    """When the book was proved, and what the vault held when somebody could look."""
    last = Reconciliation.objects.first()
    proved = naturaltime(last.at) if last else _("not yet")
    found = [_figure(_("Last proof of the book"), proved, "reconciliation")]
    look = Reconciliation.objects.exclude(vault_units=None).first()
    if look is not None:
        found.append(_figure(_("In the vault"), money.written(look.vault_units), "reconciliation"))
    return found


def _of_queue() -> list[dict[str, str]]:
    waiting = Payout.objects.filter(state=Payout.State.REQUESTED).count()
    batched = Payout.objects.filter(state=Payout.State.BATCHED).count()
    return [
        _figure(_("Payouts asked for"), str(waiting), "payout", "?state__exact=REQUESTED"),
        _figure(_("Payouts on their way"), str(batched), "payout", "?state__exact=BATCHED"),
    ]


def _of_gas() -> list[dict[str, str]]:
    network = Network.objects.first()
    if network is None or network.gas_wei is None:
        return []
    return [_figure(_("Gas money"), f"{network.gas_wei / WEI:.6f}", "network")]
