"""Sign-in with a limit on wrong passwords per name. Losing Redis lifts the limit, nothing else."""

import hashlib

from django.contrib.auth import authenticate
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from people.errors import TooManyAttempts, WrongPassword
from people.models import User

WRONG_PASSWORDS_LIMIT = 10  # per name, address and window
WRONG_PASSWORDS_OF_ALL_LIMIT = 100  # per name and window, wherever they come from
WINDOW_SECONDS = 300


def sign_in(request: HttpRequest | None, *, username: str, password: str) -> User:
    """The user of this name and password.

    Raises `WrongPassword`, or `TooManyAttempts` (without looking at the password) once a name
    has seen too many wrong ones: few from one address, so that nobody locks out somebody else
    with a handful, more from all together.
    """
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    here, anywhere = _key(username, address), _key(username, "anywhere")
    if (
        _wrong_passwords(here) >= WRONG_PASSWORDS_LIMIT
        or _wrong_passwords(anywhere) >= WRONG_PASSWORDS_OF_ALL_LIMIT
    ):
        raise TooManyAttempts
    user = authenticate(request, username=username.strip(), password=password)
    if user is None:
        _count(here)
        _count(anywhere)
        raise WrongPassword
    return user


def _key(username: str, address: str) -> str:
    name = f"{username.strip().lower()}\n{address}"
    return "wrong-passwords:" + hashlib.sha256(name.encode()).hexdigest()


def _wrong_passwords(key: str) -> int:
    try:
        return cache.get(key, 0)
    except RedisError:
        return 0


def _count(key: str) -> None:
    try:
        cache.add(key, 0, timeout=WINDOW_SECONDS)
        cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the key expired between the two
        return
