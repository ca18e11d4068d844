"""Pages of how a person signs in: password, mail, second step, passkeys, sessions."""

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import attempts, confirmations, mails, passkeys, sessions, two_step
from people.errors import PeopleError
from people.web import doors
from people.web.entrance import MAIL_CODE
from people.web.forms import (
    AppCodeForm,
    CodeForm,
    CredentialForm,
    FirstPasswordForm,
    MailForm,
    NewPasswordForm,
)

# --- The password -----------------------------------------------------------------------------


@doors.own
def password(request: HttpRequest) -> HttpResponse:
    """Changes it, asking for the old one; or sets the first, asking who is there."""
    return _change(request) if request.user.has_usable_password() else _set_first(request)


def _change(request: HttpRequest) -> HttpResponse:
    return _password_page(request, NewPasswordForm(request.user, request.POST or None))


@doors.freshly
def _set_first(request: HttpRequest) -> HttpResponse:
    return _password_page(request, FirstPasswordForm(request.user, request.POST or None))


def _password_page(request: HttpRequest, form: FirstPasswordForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        user = form.save()
        update_session_auth_hash(request, user)  # other sessions end here
        sessions.keep(request)
        two_step.tell(user, _("The password of your account was changed."))
        messages.success(request, _("Your password is changed."))
        return redirect("account")
    return render(request, "people/password.html", {"form": form})


# --- The mail address -------------------------------------------------------------------------


@doors.freshly
def mail(request: HttpRequest) -> HttpResponse:
    """Names another mail address; a code goes there."""
    form = MailForm(request.POST or None, initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        try:
            attempts.spend(attempts.MAILS_TO, address.lower())
            attempts.spend(attempts.MAILS_FROM, f"person:{request.user.pk}")
        except PeopleError as error:
            form.add_error(None, str(error))
        else:
            request.session[MAIL_CODE] = str(mails.ask_proof(request.user, address).pk)
            return redirect("prove-mail")
    return render(request, "people/mail.html", {"form": form})


@doors.own
def prove_mail(request: HttpRequest) -> HttpResponse:
    """The code from the mail makes the address theirs."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = request.session.get(MAIL_CODE, "")
        old = request.user.email if request.user.mail_proved_at else ""
        try:
            mails.prove(request.user, asked, form.cleaned_data["code"])
        except PeopleError as error:
            form.add_error("code", str(error))
        else:
            request.session.pop(MAIL_CODE, None)
            messages.success(request, _("Your mail address is proved."))
            if old and old.lower() != request.user.email.lower():
                changed = _("The mail address of your Stipend account was changed to %(new)s.")
                messages.info(request, changed % {"new": request.user.email})
            return redirect("account")
    return render(request, "people/prove_mail.html", {"form": form})


@doors.freshly
@require_POST
def forget_mail(request: HttpRequest) -> HttpResponse:
    """Back to the account, which has no mail address any more."""
    try:
        mails.forget(request.user)
    except PeopleError as error:
        return doors.refused(request, error, to="account")
    messages.success(request, _("Your mail address is forgotten."))
    return redirect("account")


# --- The second step --------------------------------------------------------------------------


@doors.freshly
def second_steps(request: HttpRequest) -> HttpResponse:
    """What is set up, and what can be."""
    context = {
        "has_app": two_step.has_app(request.user),
        "passkeys": [_passkey(one) for one in two_step.passkeys(request.user)],
        "codes_left": two_step.codes_left(request.user),
        "next": doors.next_page(request, otherwise="account"),
    }
    return render(request, "people/second_steps.html", context)


def _passkey(kept: Authenticator) -> dict[str, object]:
    return {"id": kept.pk, "name": str(kept), "since": kept.created_at, "used": kept.last_used_at}


@doors.freshly
def set_up_app(request: HttpRequest) -> HttpResponse:
    """A picture for the app to read; a code of the app turns the second step on.

    Other sessions are over then: they have shown one step.
    """
    if two_step.has_app(request.user):
        return redirect("second-steps")
    form = AppCodeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        codes = two_step.turn_on(request.user, secret=form.secret)
        clear_totp_secret(request)
        sessions.end_others(request)
        confirmations.note(request, request.user, by="mfa", type=Authenticator.Type.TOTP)
        return _codes_page(request, codes)
    url = get_adapter().build_totp_url(request.user, form.secret)
    context = {"form": form, "secret": form.secret, "url": url, "picture": _picture(url)}
    return render(request, "people/set_up_app.html", context)


def _picture(url: str) -> str:
    drawn = get_adapter().build_totp_svg(url).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


@doors.freshly
@require_POST
def turn_on(request: HttpRequest) -> HttpResponse:
    """The second step is on, with the passkeys that there are; other sessions are over."""
    try:
        codes = two_step.turn_on(request.user)
    except PeopleError as error:
        return doors.refused(request, error, to="second-steps")
    sessions.end_others(request)
    return _codes_page(request, codes)


@doors.freshly
@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """The second step is off."""
    two_step.turn_off(request.user)
    messages.success(request, _("Signing in asks for one step only."))
    return redirect("second-steps")


@doors.freshly
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """New codes for emergencies, shown on this one answer and never again."""
    return _codes_page(request, two_step.new_codes(request.user))


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    shown = [f"{one[:4]} {one[4:]}" for one in codes]
    return render(request, "people/emergency_codes.html", {"codes": shown})


# --- Passkeys ---------------------------------------------------------------------------------


@doors.freshly
@require_POST
def new_passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make another passkey."""
    return JsonResponse({"options": passkeys.begin(request.user)})


@doors.freshly
@require_POST
def add_passkey(request: HttpRequest) -> HttpResponse:
    """The passkey that the browser has just made is one of theirs."""
    form = CredentialForm(request.POST)
    try:
        form.is_valid()
        credential, name = (form.cleaned_data.get(one) for one in ("credential", "name"))
        passkeys.add(request.user, credential, name=name or "")
    except PeopleError as error:
        return doors.refused(request, error, to="second-steps")
    messages.success(request, _("The passkey is kept. You can sign in with it from now on."))
    return redirect("second-steps")


@doors.freshly
@require_POST
def rename_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """The passkey has another name."""
    passkeys.rename(request.user, passkey_id, request.POST.get("name", ""))
    return redirect("second-steps")


@doors.freshly
@require_POST
def remove_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """The passkey opens nothing any more."""
    try:
        passkeys.remove(request.user, passkey_id)
    except PeopleError as error:
        return doors.refused(request, error, to="second-steps")
    messages.success(request, _("The passkey is removed."))
    return redirect("second-steps")


# --- Sessions ---------------------------------------------------------------------------------


@doors.own
def list_sessions(request: HttpRequest) -> HttpResponse:
    """Where this person is signed in."""
    return render(request, "people/sessions.html", {"sessions": sessions.of(request)})


@doors.own
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """One of their sessions is over."""
    sessions.end(request.user, session_id)
    messages.success(request, _("Signed out there."))
    return redirect("sessions")


@doors.own
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Only this session is left."""
    sessions.end_others(request)
    messages.success(request, _("Signed out everywhere else."))
    return redirect("sessions")
