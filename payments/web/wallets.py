"""The wallet that a person is paid out to: named, changed, confirmed sooner, taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from payments import explorer, wallets
from payments.errors import PaymentsError
from payments.models import Wallet
from payments.web.forms import SignatureForm, WalletForm

HOUR_SECONDS = 3600


@never_cache
@login_required
def wallet(request: HttpRequest) -> HttpResponse:
    """The wallet in use and the one to come, and the form that names another one."""
    form = WalletForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = wallets.name(_holder(request), form.cleaned_data["address"])
        is_used = made == wallets.used(_holder(request))
        said = _("Payouts go to this wallet now.") if is_used else _("The change is noted.")
        messages.success(request, said)
        return redirect("wallet")
    return _page(request, form=form)


@never_cache
@login_required
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Back to the wallet: the one to come counts, because the old one signed for it."""
    form = SignatureForm(request.POST)
    if form.is_valid():
        try:
            wallets.confirm_by_signature(_holder(request), form.cleaned_data["signature"])
            messages.success(request, _("Payouts go to this wallet now."))
            return redirect("wallet")
        except PaymentsError as error:
            form.add_error("signature", str(error))
    return _page(request, signature=form)


@login_required
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Back to the wallet: the one in use stays."""
    wallets.take_back(_holder(request))
    messages.success(request, _("Your wallet stays as it is."))
    return redirect("wallet")


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page that the mail links to: one button, so that nothing but a person presses it."""
    problem = ""
    if request.method == "POST":
        try:
            made = wallets.confirm_by_link(token)
            messages.success(request, _("Payouts go to the new wallet now."))
            return redirect("wallet" if made.purse.holder == _holder(request) else "/")
        except PaymentsError as error:
            problem = str(error)
    status = 400 if problem else 200
    return render(request, "payments/confirm_wallet.html", {"problem": problem}, status=status)


def _holder(request: HttpRequest) -> str:
    return f"person:{request.user.pk}"


def _page(
    request: HttpRequest, *, form: WalletForm | None = None, signature: SignatureForm | None = None
) -> HttpResponse:
    standing = wallets.standing(_holder(request))
    context = {
        "form": form or WalletForm(),
        "signature_form": signature or SignatureForm(),
        "used": _shown(standing.used),
        "coming": _shown(standing.coming),
        "message": standing.message,
        "by_mail": standing.by_mail,
        "hold": _span(standing.hold_seconds),
    }
    return render(request, "payments/wallet.html", context)


def _span(seconds: int) -> str:
    """Such as `48 hours`; nothing for none."""
    if not seconds:
        return ""
    if seconds < HOUR_SECONDS:
        minutes = -(-seconds // 60)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = seconds // HOUR_SECONDS
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def _shown(found: Wallet | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "address": found.address,
        "url": explorer.address_url(found.address),
        "usable_from": found.usable_from,
    }
