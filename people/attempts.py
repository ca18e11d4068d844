"""Limits on trying: so many guesses of a secret, so many letters, so many new accounts.

Counted in the cache. While Redis is lost each process counts on its own (`config.caches`): nobody
is locked out by its loss, and no gate stands open.
"""

import hashlib
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from redis.exceptions import RedisError

from people.errors import TooManyAttempts, WrongPassword
from people.models import User

WRONG_PASSWORDS_LIMIT = 10  # per name, address and window
WRONG_PASSWORDS_OF_ALL_LIMIT = 100  # per name and window, wherever they come from
WINDOW_SECONDS = 300


@dataclass(frozen=True)
class Limit:
    """How often a thing may be done in a while."""

    name: str
    count: int
    seconds: int


JOINS = Limit("joins", count=30, seconds=600)  # per address; many share one at a school
MAILS_TO = Limit("mails-to", count=5, seconds=3600)  # per mail address
MAILS_FROM = Limit("mails-from", count=30, seconds=3600)  # per address or person
WALLET_MESSAGES = Limit("wallet-messages", count=60, seconds=600)  # per address; one proof each
CLAIMS = Limit("claims", count=10, seconds=600)  # per address, right ones too
DOSSIERS = Limit("dossiers", count=10, seconds=3600)  # per person


def address(request: HttpRequest | None) -> str:
    """Where a request comes from: what the proxies that are trusted say, else who connected."""
    if request is None:
        return ""
    try:
        return get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):
        return request.META.get("REMOTE_ADDR", "")


def spend(limit: Limit, whose: str) -> None:
    """One more is counted; raises TooManyAttempts once there were `limit.count` in the window."""
    if _count(_key(limit.name, whose), seconds=limit.seconds) > limit.count:
        raise TooManyAttempts(
            "This was too often in a short time. Try again in a few minutes.", wait=limit.seconds
        )


def sign_in(request: HttpRequest | None, *, username: str, password: str) -> User:
    """The user of this name, or of this mail address if it is proved, and password.

    Raises `WrongPassword`, or `TooManyAttempts` (without looking at the password) once a name
    has seen too many wrong ones: few from one address, so that nobody locks out somebody else
    with a handful, more from all together.
    """
    here = _key("wrong-passwords", f"{username.strip().lower()}\n{address(request)}")
    anywhere = _key("wrong-passwords", f"{username.strip().lower()}\nanywhere")
    if (
        _wrong_passwords(here) >= WRONG_PASSWORDS_LIMIT
        or _wrong_passwords(anywhere) >= WRONG_PASSWORDS_OF_ALL_LIMIT
    ):
        raise TooManyAttempts(wait=WINDOW_SECONDS)
    user = authenticate(request, username=_name(username.strip()), password=password)
    if user is None:
        _count(here, seconds=WINDOW_SECONDS)
        _count(anywhere, seconds=WINDOW_SECONDS)
        raise WrongPassword
    return user


def _name(written: str) -> str:
    """The name that was written, or the name of who has proved this mail address."""
    if "@" not in written or User.objects.filter(username=written).exists():
        return written
    owner = User.objects.with_proved_mail(written).first()
    return owner.username if owner else written


def _key(name: str, whose: str) -> str:
    return f"{name}:" + hashlib.sha256(whose.encode()).hexdigest()


def _wrong_passwords(key: str) -> int:
    try:
        return cache.get(key, 0)
    except RedisError:
        return 0


def _count(key: str, *, seconds: int) -> int:
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the key expired between the two
        return 0
