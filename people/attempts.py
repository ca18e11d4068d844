"""Sign-in with a limit on wrong passwords per name. Losing Redis lifts the limit, nothing else."""

import hashlib

from django.contrib.auth import authenticate
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from people.errors import TooManyAttempts, WrongPassword
from people.models import User

WRONG_PASSWORDS_LIMIT = 10  # per name and window
WINDOW_SECONDS = 300


def sign_in(request: HttpRequest | None, *, username: str, password: str) -> User:
    """The user of this name and password.

    Raises `WrongPassword`, or `TooManyAttempts` (without looking at the password) once a name
    has seen too many wrong ones.
    """
    key = "wrong-passwords:" + hashlib.sha256(username.strip().lower().encode()).hexdigest()
    if _wrong_passwords(key) >= WRONG_PASSWORDS_LIMIT:
        raise TooManyAttempts
    user = authenticate(request, username=username.strip(), password=password)
    if user is None:
        _count(key)
        raise WrongPassword
    return user


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
