"""Earnings: what is there, what was paid, and how to get it."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from payments import explorer, money, payouts, purses, statements, wallets
from payments.errors import PaymentsError
from payments.models import Payout
from payments.web.forms import PayoutForm

PAYOUTS_SHOWN = 10
LINES_A_PAGE = 25
WORDS = {
    Payout.State.REQUESTED: gettext_lazy("Waiting for the next batch"),
    Payout.State.BATCHED: gettext_lazy("On its way on the chain"),
    Payout.State.PAID: gettext_lazy("Arrived in your wallet"),
    Payout.State.RETURNED: gettext_lazy("Came back to your earnings"),
}
LARGE = gettext_lazy("A large amount: it leaves when two admins have looked at it")


@never_cache
@login_required
def earnings(request: HttpRequest) -> HttpResponse:
    """Balances, payouts, the statement, and the form that asks for a payout."""
    holder = f"person:{request.user.pk}"
    form = PayoutForm(request.POST or None, initial=_initial(holder))
    if request.method == "POST" and form.is_valid() and _ask(request, form, holder=holder):
        return redirect("earnings")
    purse_id = purses.find(holder)
    page = Paginator(statements.lines(purse_id), LINES_A_PAGE).get_page(request.GET.get("page"))
    totals = statements.totals(purse_id)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(row) for row in statements.rows(list(page))],
        "payouts": [_payout(one) for one in payouts.of_holder(holder)[:PAYOUTS_SHOWN]],
        "can_pay_out": totals["earned"] > 0,
        "wallet": wallets.used(holder),
        "coming": wallets.coming(holder),
        **{name: money.format(units) for name, units in totals.items()},
    }
    return render(request, "payments/earnings.html", context)


def _initial(holder: str) -> dict[str, object]:
    """All there is, to the wallet in use: what most people want."""
    earned_units = statements.totals(purses.find(holder))["earned"]
    used = wallets.used(holder)
    return {
        "key": uuid4(),
        "amount": money.format(earned_units),
        "address": used.address if used else "",
    }


def _ask(request: HttpRequest, form: PayoutForm, *, holder: str) -> bool:
    wanted = form.cleaned_data
    try:
        payouts.request(
            holder,
            amount_units=wanted["amount"],
            address=wanted["address"],
            key=str(wanted["key"]),
        )
    except PaymentsError as error:
        form.add_error(None, str(error))
        return False
    said = _("%(amount)s is on its way.")
    messages.success(request, said % {"amount": money.written(wanted["amount"])})
    return True


def _row(row: statements.Row) -> dict[str, object]:
    return {
        "at": row.at,
        "cause": row.cause or row.kind,
        "amount": money.format(row.amount_units),
        "tx_hash": row.tx_hash,
        "tx_url": explorer.tx_url(row.tx_hash),
    }


def _payout(payout: Payout) -> dict[str, object]:
    return {
        "requested_at": payout.requested_at,
        "amount": money.format(payout.amount_units),
        "address": payout.address,
        "url": explorer.address_url(payout.address),
        "state": payout.state,
        "words": _words(payout),
        "tx_hash": payout.tx_hash,
        "tx_url": explorer.tx_url(payout.tx_hash),
    }


def _words(payout: Payout) -> str:
    if payout.waits_for_admins:
        return str(LARGE)
    return payout.reason or str(WORDS[Payout.State(payout.state)])
