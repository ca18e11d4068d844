"""Pages of a requester's money: what is in each project, how it comes in, and where it went."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from labeling import causes
from labeling.api import money as api
from labeling.models import Project
from labeling.orders import overviews, projects
from labeling.web import wallets
from payments import escrow, money
from payments.errors import PaymentsError
from people.errors import PeopleError

PROJECTS_A_PAGE = 25
LINES_A_PAGE = 25
DEPOSITS_SHOWN = 10
WITHDRAWALS_SHOWN = 10
CAUSES = {
    "deposit": gettext_lazy("Paid in"),
    "hold": gettext_lazy("Held for open work"),
    "refund": gettext_lazy("Not needed any more"),
    "bonus": gettext_lazy("Bonus"),
    "payout": gettext_lazy("Withdrawal"),
    "return": gettext_lazy("Withdrawal that came back"),
    "exit": gettext_lazy("Taken out of the vault with a proof"),
    "correction": gettext_lazy("Correction"),
}
NAMED = ("hold", "refund", "bonus", "correction")  # whose cause says more than the kind
STATES = {
    "REQUESTED": gettext_lazy("Waiting for the next batch"),
    "BATCHED": gettext_lazy("On its way on the chain"),
    "PAID": gettext_lazy("Arrived in your wallet"),
    "RETURNED": gettext_lazy("Came back to the funds"),
}


class WithdrawalForm(forms.Form):
    """Amount and wallet as a person writes them; `key` makes a second click harmless."""

    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Wallet address"),
        max_length=64,
        widget=forms.TextInput(attrs=wallets.ADDRESS),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        try:
            return money.read(self.cleaned_data["amount"])
        except money.InvalidAmount as error:
            raise forms.ValidationError(str(error))


@never_cache
@login_required
def project_list(request: HttpRequest) -> HttpResponse:
    """The requester's projects, each with what is free, held and earned by the house."""
    if not request.user.is_requester:
        raise Http404
    found = Project.objects.owned_by(request.user).order_by("-pk")
    page = Paginator(found, PROJECTS_A_PAGE).get_page(request.GET.get("page"))
    balances = escrow.balances_of([project.purse for project in page])
    rows = [{"project": one, **_sums(balances[one.purse])} for one in page]
    return render(request, "labeling/money_list.html", {"rows": rows, "page": page})


@never_cache
@login_required
@ensure_csrf_cookie
def of_project(request: HttpRequest, project_id: int) -> HttpResponse:
    """One project's money; what is posted asks for a withdrawal."""
    project = wallets.owned(request, project_id)
    form = WithdrawalForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid() and _withdraw(request, project, form):
        return redirect("project-money", project.pk)
    overview = overviews.of([project])[project.pk]
    lines = escrow.statement(project.purse)
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "form": form,
        **wallets.panel(project),
        **_sums(overview.balances),
        "to_open_units": overview.opening_units,
        "instructions": overview.deposit,
        "explorer": escrow.explorer_url("{hash}"),
        "decimal_sign": money.decimal_sign(),
        "deposits": [_deposit(one) for one in escrow.deposits(project.purse)[:DEPOSITS_SHOWN]],
        "withdrawals": [
            _withdrawal(one) for one in escrow.withdrawals(project.purse)[:WITHDRAWALS_SHOWN]
        ],
        "page": page,
        "rows": [_row(one) for one in page],
        "months": [{"first": one.first, **api.month(one)} for one in escrow.months(project.purse)],
    }
    return render(request, "labeling/money.html", context)


@login_required
def statement_file(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """All that changed the project's money, as CSV."""
    return api.csv_file(wallets.owned(request, project_id))


def _sums(balances: dict[str, int]) -> dict[str, int]:
    kinds = {"funds_units": "FUNDS", "held_units": "HELD", "leaving_units": "LEAVING"}
    return {name: balances.get(kind, 0) for name, kind in kinds.items()}


def _withdraw(request: HttpRequest, project: Project, form: WithdrawalForm) -> bool:
    wanted = form.cleaned_data
    try:
        projects.withdraw(
            project,
            amount_units=wanted["amount"],
            address=wanted["address"].strip(),
            key=str(wanted["key"]),
        )
    except (PaymentsError, PeopleError) as error:
        form.add_error(None, str(error))
        return False
    said = _("%(amount)s is on its way.")
    messages.success(request, said % {"amount": money.written(wanted["amount"])})
    return True


def _deposit(one: escrow.Deposit) -> dict[str, Any]:
    return {
        "amount": one.amount_units,
        "state": one.state,
        "confirmations": one.confirmations,
        "needed": one.needed,
        "credited_at": one.credited_at,
        "sender": {"address": one.sender, "url": escrow.address_url(one.sender)},
        "tx_hash": one.tx_hash,
        "tx_url": escrow.explorer_url(one.tx_hash),
    }


def _withdrawal(one: escrow.Withdrawal) -> dict[str, Any]:
    to = {"address": one.address, "url": one.address_url}
    return {**vars(one), "to": to, "words": _words(one)}


def _words(one: escrow.Withdrawal) -> str:
    return translate(one.reason) if one.reason else str(STATES[one.state])


def _row(row: escrow.Row) -> dict[str, Any]:
    return {
        "at": row.at,
        "words": CAUSES.get(row.kind, row.kind),
        "cause": causes.worded(row.cause) if row.kind in NAMED else "",
        "amount": row.amount_units,
        "is_income": row.amount_units > 0,
        "tx_hash": row.tx_hash,
        "tx_url": row.explorer_url,
    }
