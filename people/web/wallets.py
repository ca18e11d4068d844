"""The wallet's pages: make one here, connect one, or paste an address; and signing in with one."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import attempts, explorer, wallets
from people.errors import PeopleError
from people.models import WalletMessage
from people.security import sealed
from people.web import doors
from people.web.forms import SignatureForm


@require_POST
def sign_in_message(request: HttpRequest) -> HttpResponse:
    """The message that lets a wallet sign somebody in."""
    return _message(request, purpose=WalletMessage.Purpose.SIGN_IN)


@doors.own
@require_POST
def proof_message(request: HttpRequest) -> HttpResponse:
    """The message that makes a wallet one of this person's."""
    return _message(request, purpose=WalletMessage.Purpose.PROVE)


def _message(request: HttpRequest, *, purpose: WalletMessage.Purpose) -> HttpResponse:
    try:
        attempts.spend(attempts.WALLET_MESSAGES, attempts.address(request))
        text = wallets.ask(
            request.POST.get("address", ""),
            purpose=purpose,
            browser=doors.browser(request),
            origin=doors.origin(request),
            chain_id=settings.NETWORK.chain_id,
        )
    except PeopleError as error:
        return _refused(error)
    return JsonResponse({"message": text})


def _refused(error: PeopleError) -> HttpResponse:
    told = {"code": error.code, "message": str(error), "data": error.data}
    return JsonResponse(told, status=error.http_status)


@doors.freshly
@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """The wallet that signed is one of this person's."""
    form = SignatureForm(request.POST)
    form.is_valid()
    try:
        address = doors.signer(request, form, purpose=WalletMessage.Purpose.PROVE)
        wallets.keep(request.user, address)
    except PeopleError as error:
        return _refused(error)
    return JsonResponse({"address": address, "explorer_url": explorer.url(address)})


@doors.freshly
@require_POST
def forget(request: HttpRequest, address: str) -> HttpResponse:
    """Back to the wallets; this one signs nobody in any more."""
    try:
        if wallets.forget(request.user, address):
            messages.success(request, _("The wallet is no longer a way to sign in."))
    except PeopleError as error:
        return doors.refused(request, error, to="wallets")
    return redirect("wallets")


@sealed
@doors.own
def overview(request: HttpRequest) -> HttpResponse:
    """The wallets that they have proved, and three ways to one."""
    return render(request, "people/wallet.html", {"wallets": request.user.wallets.all()})


@sealed
@doors.freshly
def connect(request: HttpRequest) -> HttpResponse:
    """Connects a wallet that is in the browser already."""
    return render(request, "people/connect_wallet.html", {"network": _network()})


@sealed
@doors.freshly
def make(request: HttpRequest) -> HttpResponse:
    """Makes a wallet on the person's own device; nothing of it is ever sent here."""
    return render(request, "people/new_wallet.html", {"network": _network()})


def _network() -> dict[str, object]:
    return {"id": settings.NETWORK.chain_id, "name": settings.NETWORK.title}
