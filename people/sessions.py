"""Where a person is signed in, and how they sign out from afar."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.transaction import atomic
from django.http import HttpRequest

from people.models import User

# By what a browser says of itself: the first that is found in it.
DEVICES = ["Android", "iPhone", "iPad", "Windows", "Macintosh", "CrOS", "Linux"]
BROWSERS = ["SamsungBrowser", "OPR", "Edg", "Firefox", "Chrome", "Safari"]
SPOKEN = {"Macintosh": "Mac", "CrOS": "Chromebook", "OPR": "Opera", "Edg": "Edge"}
SPOKEN |= {"SamsungBrowser": "Samsung Internet"}


@dataclass(frozen=True)
class Seen:
    """One sign-in that still holds."""

    id: int
    browser: str
    device: str
    address: str
    since: datetime
    is_this: bool


def of(request: HttpRequest) -> list[Seen]:
    """The sessions of whoever is signed in, newest first."""
    kept = UserSession.objects.purge_and_list(request.user)
    own = request.session.session_key
    return [_seen(one, own) for one in sorted(kept, key=lambda one: one.created_at, reverse=True)]


def _seen(kept: UserSession, own: str | None) -> Seen:
    return Seen(
        id=kept.pk,
        browser=_first(BROWSERS, kept.user_agent),
        device=_first(DEVICES, kept.user_agent),
        address=kept.ip,
        since=kept.created_at,
        is_this=kept.session_key == own,
    )


def _first(names: list[str], text: str) -> str:
    found = next((name for name in names if name in text), "")
    return SPOKEN.get(found, found)


def keep(request: HttpRequest) -> None:
    """The session of this request is on the list; called when a person signs in."""
    UserSession.objects.create_from_request(request)


def end(user: User, session_id: int) -> None:
    """That session of theirs opens nothing any more."""
    _end(UserSession.objects.filter(user=user, pk=session_id))


def end_others(request: HttpRequest) -> None:
    """All sessions of theirs but this one are over."""
    others = UserSession.objects.filter(user=request.user)
    _end(others.exclude(session_key=request.session.session_key))


def end_all(user: User, *, but: str = "") -> None:
    """They are signed in nowhere, or only in the session of this key."""
    _end(UserSession.objects.filter(user=user).exclude(session_key=but))


def _end(kept: QuerySet[UserSession]) -> None:
    with atomic():
        Session.objects.filter(pk__in=list(kept.values_list("session_key", flat=True))).delete()
        kept.delete()
