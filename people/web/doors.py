"""What all doors of the account share: who may come in, and how fresh their sign-in has to be."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import RedirectURLMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from people import confirmations, departures, wallets
from people.errors import PeopleError
from people.models import User, WalletMessage

View = Callable[..., HttpResponse]


def enter(
    request: HttpRequest, user: User, *, by: str, next_url: str, **facts: object
) -> HttpResponse:
    """The answer that signs this person in and goes on, or asks for their second step first.

    Who is about to leave comes to the page where they can stay.
    """
    confirmations.note(request, user, by=by, **facts)
    if departures.of(user):
        next_url = reverse("leave")
    return perform_login(request, Login(user=user, redirect_url=next_url))


def own(view: View) -> View:
    """For whoever is signed in, and for no cache."""
    return never_cache(login_required(view))


def freshly(view: View) -> View:
    """For whoever has shown lately who they are; others show it first and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if confirmations.is_fresh(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else reverse("account")
        return redirect(f"{reverse('confirm')}?{urlencode({'next': back})}")

    return own(sensitive_post_parameters()(guarded))


def origin(request: HttpRequest) -> str:
    """Where this page lives, as `https://stipend.example`."""
    return f"{request.scheme}://{request.get_host()}"


def browser(request: HttpRequest) -> str:
    """What tells this browser from all others: the key of its session, made now if need be."""
    if request.session.session_key is None:
        request.session.create()
    return str(request.session.session_key)


def next_page(request: HttpRequest, *, otherwise: str = "/") -> str:
    """Where to go on to, if the request names a page of this site."""
    asked = RedirectURLMixin()
    asked.request = request
    return asked.get_redirect_url() or resolve_url(otherwise)


def signer(request: HttpRequest, form: Form, *, purpose: WalletMessage.Purpose) -> str:
    """The wallet that signed the message of this form, for this browser and site."""
    return wallets.proved(
        form.cleaned_data.get("message") or "",
        form.cleaned_data.get("signature") or "",
        purpose=purpose,
        browser=browser(request),
        domain=request.get_host(),
    )


def refused(request: HttpRequest, error: PeopleError, *, to: str) -> HttpResponse:
    """Back to a page that says what went wrong."""
    messages.error(request, str(error))
    return redirect(to)
