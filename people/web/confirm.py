"""The page that asks once more who is there, before something that a thief would want."""

from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people import attempts, confirmations, passkeys, two_step, wallets
from people.errors import PasskeyRefused, PeopleError, WrongCode, WrongSignature
from people.models import WalletMessage
from people.web import doors
from people.web.forms import CodeForm, CredentialForm, PasswordForm, SignatureForm


@sensitive_post_parameters()
@doors.own
def confirm(request: HttpRequest) -> HttpResponse:
    """Shown by any way in that the person has; then on to where they were going."""
    goal = doors.next_page(request, otherwise="account")
    if request.method == "POST":
        try:
            _show(request)
            return redirect(goal)
        except PeopleError as error:
            messages.error(request, str(error))
    context = {
        "next": goal,
        "password_form": PasswordForm() if request.user.has_usable_password() else None,
        "code_form": CodeForm() if two_step.has_app(request.user) else None,
        "has_passkeys": bool(two_step.passkeys(request.user)),
        "wallets": request.user.wallets.all(),
        "chain_id": settings.NETWORK.chain_id,
    }
    return render(request, "people/confirm.html", context)


def _show(request: HttpRequest) -> None:
    if "credential" in request.POST:
        _by_passkey(request)
    elif "signature" in request.POST:
        _by_wallet(request)
    elif "code" in request.POST:
        _by_code(request)
    else:
        password = request.POST.get("password", "")
        attempts.sign_in(request, username=request.user.username, password=password)
        confirmations.note(request, request.user, by="password")


def _by_passkey(request: HttpRequest) -> None:
    form = CredentialForm(request.POST)
    if not form.is_valid():
        raise PasskeyRefused
    used = passkeys.used(form.cleaned_data["credential"], user=request.user)
    post_authentication(request, used, reauthenticated=True)


def _by_wallet(request: HttpRequest) -> None:
    form = SignatureForm(request.POST)
    form.is_valid()
    address = doors.signer(request, form, purpose=WalletMessage.Purpose.SIGN_IN)
    if wallets.owner(address) != request.user:
        raise WrongSignature
    confirmations.note(request, request.user, by="wallet")


def _by_code(request: HttpRequest) -> None:
    form = ReauthenticateForm(request.POST, user=request.user)
    if not form.is_valid():
        raise WrongCode
    form.save()


@doors.own
@require_POST
def confirm_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to show one of this person's passkeys."""
    return JsonResponse({"options": passkeys.begin_sign_in(request.user)})
