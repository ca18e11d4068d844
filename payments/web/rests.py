"""What is owed to people who leave, as panels of `people`'s pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from payments import explorer, money, payouts, purses, rests, statements, wallets
from payments.errors import PaymentsError
from payments.web import wording
from payments.web.forms import WalletForm

PAYOUTS_SHOWN = 10


def offer(request: HttpRequest) -> str:
    """HTML for who thinks of leaving: what there is to take out, and where it would go."""
    holder = f"person:{request.user.pk}"
    totals, used = statements.totals(purses.find(holder)), wallets.used(holder)
    context = {
        "earned_units": totals["earned"],
        "leaving_units": totals["leaving"],
        "wallet": _linked(used),
        "proved": _linked(request.user.wallets.by_use().first()),
    }
    return render_to_string("payments/offer_rest.html", context, request)


def _linked(wallet: Any) -> dict[str, str | None] | None:
    if wallet is None:
        return None
    return {"address": wallet.address, "url": explorer.address_url(wallet.address)}


def panel(request: HttpRequest, person_id: int) -> dict[str, Any]:
    """`html` of what is owed to who has left, with a form that sends it; `is_done` if it did."""
    is_theirs = request.POST.get("person") == str(person_id)
    used = wallets.used(f"person:{person_id}")
    initial = {"address": used.address if used else ""}
    form = WalletForm(request.POST if is_theirs else None, initial=initial)
    if is_theirs and form.is_valid() and _sent(request, form, person_id):
        return {"html": "", "is_done": True}
    holder = f"person:{person_id}"
    totals = statements.totals(purses.find(holder))
    context = {
        "person_id": person_id,
        "form": form,
        "payouts": [_shown(one) for one in payouts.of_holder(holder)[:PAYOUTS_SHOWN]],
        **{f"{name}_units": totals[name] for name in ("earned", "leaving", "paid")},
    }
    return {"html": render_to_string("payments/rest.html", context, request), "is_done": False}


def _sent(request: HttpRequest, form: WalletForm, person_id: int) -> bool:
    try:
        payout = rests.take_out(person_id, address=form.cleaned_data["address"])
    except PaymentsError as error:
        form.add_error("address", str(error))
        return False
    said = _("%(amount)s is on its way.")
    messages.success(request, said % {"amount": money.written(payout.amount_units)})
    return True


def _shown(payout: Any) -> dict[str, Any]:
    return {
        "amount_units": payout.amount_units,
        "requested_at": payout.requested_at,
        "words": wording.of_payout(payout),
        "address": payout.address,
        "url": explorer.address_url(payout.address),
        "tx_hash": payout.tx_hash,
        "tx_url": explorer.tx_url(payout.tx_hash),
    }
