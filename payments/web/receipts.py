"""The receipt of a payout, to be read, kept or printed."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from payments import explorer, receipts
from payments.errors import NotFound
from payments.web import wording


@never_cache
@login_required
def receipt(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """One of this person's payouts: how it stands, where the chain keeps it, what it paid for."""
    try:
        found = receipts.of(payout_id, holder=f"person:{request.user.pk}")
    except NotFound as error:
        raise Http404(str(error))
    context = {
        "receipt": found,
        "payout": found.payout,
        "words": wording.of_payout(found.payout),
        "works": [(one, wording.of_cause(one.cause)) for one in found.works],
        "wallet_url": explorer.address_url(found.payout.address),
        "tx_url": explorer.tx_url(found.payout.tx_hash),
        "more": found.works_count - len(found.works),
    }
    return render(request, "payments/receipt.html", context)
