"""Payouts as rows of a page: the newest beside the earnings, all of them on a page of their own."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from payments import explorer, money, payouts
from payments.models import Payout
from payments.web import wording

PAYOUTS_A_PAGE = 25


@never_cache
@login_required
def payout_list(request: HttpRequest) -> HttpResponse:
    """Every payout of this person, newest first, with its state, transfer and receipt."""
    mine = payouts.of_holder(f"person:{request.user.pk}")
    page = Paginator(mine, PAYOUTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "payouts": [of(one) for one in page]}
    return render(request, "payments/payouts.html", context)


def of(payout: Payout) -> dict[str, object]:
    """What a row shows."""
    return {
        "id": payout.pk,
        "requested_at": payout.requested_at,
        "amount": money.format(payout.amount_units),
        "address": payout.address,
        "url": explorer.address_url(payout.address),
        "state": payout.state,
        "words": wording.of_payout(payout),
        "tx_hash": payout.tx_hash,
        "tx_url": explorer.tx_url(payout.tx_hash),
    }
