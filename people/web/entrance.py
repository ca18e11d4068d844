"""Pages before sign-in: join, sign in by any way, the second step, a forgotten password."""

import json
import re
from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import CreateView

from people import attempts, mails, passkeys, two_step, wallets
from people.errors import PeopleError
from people.models import User, WalletMessage
from people.web import doors, left
from people.web.forms import (
    AdminSignInForm,
    CredentialForm,
    JoinForm,
    JoinTermsForm,
    MailForm,
    ResetForm,
    SignatureForm,
    SignInForm,
)

UNSENT = re.compile("[0-9]{1,4}")  # answers
MAIL_CODE = "people.mails.code"  # in the session: the code that was asked for last


class JoinView(RedirectURLMixin, CreateView):
    """A new account, signed in at once; nothing else is asked first."""

    form_class = JoinForm
    template_name = "people/join.html"
    next_page = "/"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return sensitive_post_parameters()(super().dispatch)(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chain_id = settings.NETWORK.chain_id
        return super().get_context_data(next=self.get_redirect_url(), chain_id=chain_id, **kwargs)

    def form_valid(self, form: JoinForm) -> HttpResponse:
        try:
            attempts.spend(attempts.JOINS, attempts.address(self.request))
            user = _joined(self.request, form)
        except PeopleError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        next_url = self.get_success_url()
        if form.way == "passkey":
            facts = {"type": Authenticator.Type.WEBAUTHN, "passwordless": True}
            return doors.enter(self.request, user, by="mfa", next_url=next_url, **facts)
        return doors.enter(self.request, user, by=form.way, next_url=next_url)


def _joined(request: HttpRequest, form: JoinForm) -> User:
    if form.way == "passkey":
        user = passkeys.join(request, form.save(commit=False), form.cleaned_data["credential"])
    elif form.way == "wallet":
        user = wallets.join(
            form.save(commit=False),
            doors.signer(request, form, purpose=WalletMessage.Purpose.SIGN_IN),
        )
    else:
        user = form.save()
    if user.email:
        request.session[MAIL_CODE] = str(mails.ask_proof(user, user.email).pk)
    return user


@require_POST
def join_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey for this name, or what is wrong with it."""
    form = JoinTermsForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    options = passkeys.begin_joining(request, username=form.cleaned_data["username"])
    return JsonResponse({"options": options})


class SignInView(LoginView):
    """By name and password; the page offers a passkey and a wallet as well."""

    form_class = SignInForm
    template_name = "people/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(chain_id=settings.NETWORK.chain_id, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        next_url = self.get_success_url()
        return doors.enter(self.request, form.get_user(), by="password", next_url=next_url)


class AdminSignInView(SignInView):
    """The admin's own door, in its own look, with the same limits and the same second step."""

    form_class = AdminSignInForm
    template_name = "admin/login.html"
    redirect_authenticated_user = False
    next_page = "/admin/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.request.current_app = admin.site.name
        here = {"title": _("Sign in"), "app_path": self.request.get_full_path()}
        return super().get_context_data(**admin.site.each_context(self.request), **here, **kwargs)


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to sign in with a passkey."""
    return JsonResponse({"options": passkeys.begin_sign_in()})


@require_POST
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Signed in by the passkey that the browser has just used."""
    form = CredentialForm(request.POST)
    try:
        form.is_valid()
        used = passkeys.used(form.cleaned_data.get("credential"))
    except PeopleError as error:
        messages.error(request, str(error))
        return redirect("sign-in")
    post_authentication(request, used, passwordless=True)
    return doors.enter(request, used.user, by="passkey", next_url=doors.next_page(request))


@require_POST
def sign_in_by_wallet(request: HttpRequest) -> HttpResponse:
    """Signed in by a wallet that somebody has proved before.

    If its holder has left, they come to what they are still owed instead.
    """
    form = SignatureForm(request.POST)
    try:
        form.is_valid()
        address = doors.signer(request, form, purpose=WalletMessage.Purpose.SIGN_IN)
        if left.opened(request, address=address):
            return redirect("left")
        user = wallets.owner(address)
    except PeopleError as error:
        messages.error(request, str(error))
        return redirect("sign-in")
    return doors.enter(request, user, by="wallet", next_url=doors.next_page(request))


class SignOutView(LogoutView):
    """Signed out, and nothing of this person stays on the device."""

    http_method_names = ["get", "post", "options"]
    next_page = "/?signed-out"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Asks first, where the device holds answers that could not be sent (worker.js)."""
        unsent = request.GET.get("unsent", "")
        context = {"unsent": int(unsent) if UNSENT.fullmatch(unsent) else 0}
        return render(request, "people/sign_out.html", context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


class SecondStepView(AuthenticateView):
    """A code of the app, one for emergencies, or a passkey."""

    template_name = "people/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.stage.login.user
        context["has_app"] = two_step.has_app(user)
        context["has_passkeys"] = bool(two_step.passkeys(user))
        context["passkey_options"] = json.dumps(context["js_data"]["request_options"])
        return context


@sensitive_post_parameters()
@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for the mail address, and says the same whether it is known or not."""
    form = MailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        try:
            attempts.spend(attempts.MAILS_TO, address.lower())
            attempts.spend(attempts.MAILS_FROM, attempts.address(request))
        except PeopleError as error:
            form.add_error(None, str(error))
            return render(request, "people/forgotten.html", {"form": form}, status=429)
        request.session[MAIL_CODE] = str(mails.ask_reset(address).pk)
        return redirect("reset-password")
    return render(request, "people/forgotten.html", {"form": form})


@sensitive_post_parameters()
@never_cache
def reset_password(request: HttpRequest) -> HttpResponse:
    """The code from the mail and a new password; then signed in with it."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        asked = request.session.get(MAIL_CODE, "")
        try:
            user = mails.reset(asked, fields["code"], fields["password"])
        except ValidationError as error:
            form.add_error("password", error)
        except PeopleError as error:
            form.add_error("code", str(error))
        else:
            del request.session[MAIL_CODE]
            messages.success(request, _("Your password is changed."))
            return doors.enter(request, user, by="mail", next_url=reverse("account"))
    return render(request, "people/reset_password.html", {"form": form})
