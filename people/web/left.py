"""The page of who has left: what they are still owed, opened by a wallet or by their code."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people import attempts, confirmations, departures
from people.errors import PeopleError, UnknownClaim
from people.models import WalletMessage
from people.web import doors
from people.web.forms import ClaimForm, SignatureForm

OPENED = "people.left"  # in the session: whose rest this browser may take out, and until when


@sensitive_post_parameters()
@never_cache
def rest(request: HttpRequest) -> HttpResponse:
    """Asks for the wallet or the code; then shows what is owed, and sends it where it shall go."""
    if people := _opened_for(request):
        return _owed(request, people)
    form, problem = ClaimForm(), ""
    if request.method == "POST":
        form = ClaimForm(request.POST) if "claim" in request.POST else form
        try:
            if _open(request, form):
                return redirect("left")
        except PeopleError as error:
            problem = str(error)
    context = {"form": form, "problem": problem, "chain_id": settings.NETWORK.chain_id}
    return render(request, "people/left.html", context, status=400 if problem else 200)


def _open(request: HttpRequest, form: ClaimForm) -> bool:
    """True if the code or the wallet was that of somebody who has left."""
    if "claim" in request.POST:
        if not form.is_valid():
            return False
        attempts.spend(attempts.CLAIMS, attempts.address(request))
        _remember(request, departures.by_code(form.cleaned_data["claim"]))
        return True
    signed = SignatureForm(request.POST)
    signed.is_valid()
    address = doors.signer(request, signed, purpose=WalletMessage.Purpose.SIGN_IN)
    if not _remembered(request, departures.by_wallet(address)):
        raise UnknownClaim
    return True


def opened(request: HttpRequest, *, address: str) -> bool:
    """True if who holds this wallet, and signed with it now, has left and signs nobody else in."""
    is_somebodys = departures.signs_in(address)
    return not is_somebodys and _remembered(request, departures.by_wallet(address))


def _remembered(request: HttpRequest, people: list[int]) -> bool:
    if people:
        _remember(request, people)
    return bool(people)


def _remember(request: HttpRequest, people: list[int]) -> None:
    until = time.time() + confirmations.FRESH_SECONDS
    request.session.cycle_key()
    request.session[OPENED] = {"people": people, "until": until}


def _opened_for(request: HttpRequest) -> list[int]:
    kept = request.session.get(OPENED) or {"people": [], "until": 0}
    return kept["people"] if kept["until"] > time.time() else []


def _owed(request: HttpRequest, people: list[int]) -> HttpResponse:
    panels: list[Any] = []
    for person_id in people:
        panel = import_string(settings.STIPEND_REST_PANEL)(request, person_id)
        if panel["is_done"]:
            return redirect("left")
        panels.append(mark_safe(panel["html"]))
    return render(request, "people/owed.html", {"panels": panels})


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """This browser knows nothing of it any more."""
    request.session.pop(OPENED, None)
    return redirect("/")
