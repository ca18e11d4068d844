"""Earnings: what is there, what was paid, and how to get it."""

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from payments import days, money, payouts, purses, solvency, statements, wallets
from payments.api.statements import csv_file
from payments.errors import PaymentsError
from payments.models import Entry
from payments.web import charts, payout_rows, wording
from payments.web.forms import PayoutForm

PAYOUTS_SHOWN = 10
LINES_A_PAGE = 25
DAYS_SHOWN = 14
MONTHS_SHOWN = 24


@never_cache
@login_required
def earnings(request: HttpRequest) -> HttpResponse:
    """What is in review, earned, on its way and paid; by day, by payout, line by line.

    STIPEND_WORK_PANEL says what waits to be earned, and shows what it is: the bank does not know.
    """
    holder = f"person:{request.user.pk}"
    form = PayoutForm(request.POST or None, initial=_initial(holder))
    if request.method == "POST" and form.is_valid() and _ask(request, form, holder=holder):
        return redirect("earnings")
    purse_id = purses.find(holder)
    page = Paginator(statements.of_purse(purse_id), LINES_A_PAGE).get_page(request.GET.get("page"))
    totals = statements.totals(purse_id)
    work = import_string(settings.STIPEND_WORK_PANEL)(request)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(row) for row in page],
        "months": [_month(one) for one in statements.months(purse_id)[:MONTHS_SHOWN]],
        **_newest_payouts(holder),
        "can_pay_out": totals["earned"] > 0,
        "wallet": wallets.used(holder),
        "coming": wallets.coming(holder),
        "chart": charts.of_days(days.earned(purse_id, count=DAYS_SHOWN)),
        "work": work,
        "has_proof": solvency.has_proof(holder),
        **{name: money.format(units) for name, units in totals.items()},
    }
    return render(request, "payments/earnings.html", context)


def _newest_payouts(holder: str) -> dict[str, object]:
    newest = list(payouts.of_holder(holder)[: PAYOUTS_SHOWN + 1])
    shown = [payout_rows.of(one) for one in newest[:PAYOUTS_SHOWN]]
    return {"payouts": shown, "more_payouts": len(newest) > PAYOUTS_SHOWN}


def _initial(holder: str) -> dict[str, object]:
    """All there is, to the wallet in use: what most people want."""
    earned_units = statements.totals(purses.find(holder))["earned"]
    used = wallets.used(holder)
    return {
        "key": uuid4(),
        "amount": money.typed(earned_units),
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


@login_required
def statement_file(request: HttpRequest) -> HttpResponseBase:
    """The whole statement as CSV."""
    return csv_file(f"person:{request.user.pk}")


def _month(one: statements.Month) -> dict[str, object]:
    earned, (account,) = (Entry.Kind.RELEASE, Entry.Kind.BONUS), statements.OF_PERSON
    left = (Entry.Kind.PAYOUT, Entry.Kind.RETURN, Entry.Kind.EXIT)
    earned_units, left_units = one.units(account, *earned), one.units(account, *left)
    return {
        "first": one.first,
        "earned": earned_units,
        "taken_out": -left_units,
        "other": one.units(account) - earned_units - left_units,
    }


def _row(row: statements.Row) -> dict[str, object]:
    return {
        "at": row.at,
        "cause": _cause(row),
        "is_income": row.amount_units > 0,
        "is_bonus": row.kind == Entry.Kind.BONUS and bool(row.cause),
        "amount": money.format(row.amount_units),
        "tx_hash": row.tx_hash,
        "tx_url": row.explorer_url,
    }


def _cause(row: statements.Row) -> str:
    """What for: the work by its name, all else in the reader's language."""
    is_named = row.cause and row.kind in (Entry.Kind.RELEASE, Entry.Kind.BONUS)
    return wording.of_cause(row.cause) if is_named else wording.of_kind(row.kind)
