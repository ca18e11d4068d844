"""What this session has shown of who is there: when last, and whether by more than a password."""

import time

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from django.http import HttpRequest

from people.models import User

FRESH_SECONDS = 900


def note(request: HttpRequest, user: User, *, by: str, **facts: object) -> None:
    """The session remembers that this person has shown now who they are."""
    record_authentication(request, user, method=by, **facts)


def is_fresh(request: HttpRequest) -> bool:
    """True if whoever is signed in has shown so within FRESH_SECONDS."""
    shown = [one["at"] for one in get_authentication_records(request, request.user)]
    return bool(shown) and time.time() - max(shown) < FRESH_SECONDS


def is_strong(request: HttpRequest) -> bool:
    """True if this session has shown a passkey, a code of an app or one for emergencies."""
    shown = get_authentication_records(request, request.user)
    return any(one.get("method") == "mfa" for one in shown)
