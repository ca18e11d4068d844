"""What the vault holds and owes, for anyone; and a person's own proof, to be kept."""

import json

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from payments import explorer, solvency
from payments.api.solvency import vault
from payments.errors import NoVaultYet
from payments.models import Owed

BATCHES_A_PAGE = 20


def page(request: HttpRequest) -> HttpResponse:
    """The vault's balance beside the sums of what was owed after each batch."""
    try:
        found = vault()
    except NoVaultYet:
        found = None
    batches = Paginator(solvency.recorded(), BATCHES_A_PAGE).get_page(request.GET.get("page"))
    context = {"vault": found, "page": batches, "rows": [_row(one) for one in batches]}
    return render(request, "payments/vault.html", context)


def _row(owed: Owed) -> dict[str, object]:
    tx = owed.batch.chain_tx
    return {
        "number": owed.batch.number,
        "at": tx.confirmed_at,
        "root": owed.balances_root,
        "owed_units": owed.total_units,
        "homeless_units": owed.homeless_units,
        "tx_hash": tx.tx_hash,
        "tx_url": explorer.tx_url(tx.tx_hash),
    }


@login_required
def proof_file(request: HttpRequest) -> HttpResponse:
    """The person's leaves in the last root with their proofs, as JSON to keep."""
    found = solvency.proofs(f"person:{request.user.pk}")
    answer = HttpResponse(json.dumps(found, indent=1), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="stipend-balance.json"'
    return answer
