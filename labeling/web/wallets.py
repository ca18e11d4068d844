"""The wallet that a project's withdrawals go to: what is to come, confirmed sooner, taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from labeling.errors import NotFound
from labeling.models import Project
from labeling.orders import projects
from payments import escrow
from payments.errors import PaymentsError

ADDRESS = {
    "placeholder": "0x…",
    "class": "mono",
    "dir": "ltr",
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
}


class SignatureForm(forms.Form):
    """What the wallet in use signed."""

    signature = forms.CharField(
        label=gettext_lazy("Signature"), max_length=200, widget=forms.TextInput(attrs=ADDRESS)
    )


def owned(request: HttpRequest, project_id: int) -> Project:
    """The project of whoever asks; raises Http404 for anybody else's."""
    try:
        return projects.owned(project_id, owner=request.user)
    except NotFound:
        raise Http404


def panel(project: Project) -> dict[str, Any]:
    """What the project's page shows of its wallets."""
    found = escrow.wallet(project.purse)
    return {
        "used": _shown(found.used),
        "coming": _shown(found.coming),
        "message": found.message,
        "by_mail": found.by_mail,
        "signature_form": SignatureForm(),
        "sign_url": reverse("sign-for-project-wallet", args=[project.pk]),
        "keep_url": reverse("keep-project-wallet", args=[project.pk]),
    }


def _shown(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "address": found.address,
        "url": escrow.address_url(found.address),
        "usable_from": found.usable_from,
    }


@login_required
@require_POST
def sign(request: HttpRequest, project_id: int) -> HttpResponse:
    """Back to the money: the wallet to come counts, because the old one signed for it."""
    project, form = owned(request, project_id), SignatureForm(request.POST)
    signature = form.cleaned_data["signature"] if form.is_valid() else ""
    try:
        escrow.confirm_wallet(project.purse, signature=signature)
        messages.success(request, _("Payouts go to this wallet now."))
    except PaymentsError as error:
        messages.error(request, str(error))
    return redirect("project-money", project.pk)


@login_required
@require_POST
def take_back(request: HttpRequest, project_id: int) -> HttpResponse:
    """Back to the money: the wallet in use stays."""
    project = owned(request, project_id)
    escrow.keep_wallet(project.purse)
    messages.success(request, _("Your wallet stays as it is."))
    return redirect("project-money", project.pk)
