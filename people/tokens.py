"""Keys for programs: shown once, kept hashed, checked with one SELECT.

A statement that looks for itself whether the token still opens (STILL_OPENS) spares that SELECT:
who holds the token is then only remembered, and believed for nothing else.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from people.errors import TooManyTokens
from people.models import ApiToken, User

TOKENS_LIMIT = 50  # per person
INVALID = gettext_lazy("Invalid token.")


def issue(user: User, *, name: str = "token") -> str:
    """A new key for `user`. Only its digest is kept, so this is the one time it can be read."""
    locked = User.objects.select_for_update(of=("self",)).filter(pk=user.pk)
    with atomic():
        locked.get()
        if user.api_tokens.count() >= TOKENS_LIMIT:
            raise TooManyTokens(limit=TOKENS_LIMIT)
        _, key = ApiToken.objects.create(user=user, expiry=None, name=name[:60])
    return key


def revoke(user: User, *, token_key: str) -> bool:
    """True if a token of this user with this beginning was there; it opens nothing any more."""
    deleted, _ = user.api_tokens.filter(token_key=token_key).delete()
    return deleted > 0


# Asked with every request of a program: written out, so that it is neither built nor joined anew.
FIELDS = [field.attname for field in User._meta.concrete_fields]
HOLDER = """
    SELECT {columns} FROM people_apitoken AS token
    JOIN people_user AS holder ON holder.id = token.user_id
    WHERE token.digest = %s AND (token.expiry IS NULL OR token.expiry > clock_timestamp())
        AND holder.is_active
""".format(columns=", ".join(f"holder.{field.column}" for field in User._meta.concrete_fields))

# True where no token is told, and where the token still is a key of this active labeler.
STILL_OPENS = """(
    %(token)s::text IS NULL OR EXISTS (
        SELECT FROM people_apitoken AS token
        JOIN people_user AS holder ON holder.id = token.user_id
        WHERE token.digest = %(token)s::text AND holder.id = %(labeler)s
            AND (token.expiry IS NULL OR token.expiry > clock_timestamp())
            AND holder.is_active AND holder.is_labeler
    )
)"""
REMEMBERED_HOLDERS = 10_000


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token <key>`: the digest is the primary key, the user comes joined."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, str]:
        """The person and the token's digest; raises AuthenticationFailed."""
        digest = _digest(token)
        return User.from_db(connection.alias, FIELDS, _holder(digest)), digest


@dataclass(frozen=True, slots=True)
class Unproved:
    """A token's digest: its holder is told from memory, and has yet to be proved by STILL_OPENS."""

    digest: str


class RememberedToken(TokenAuthentication):
    """As this process saw the token last: no statement, and `request.auth` is then Unproved."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, str | Unproved]:
        """The person and the digest, Unproved if only remembered; raises AuthenticationFailed."""
        digest = _digest(token)
        row = _remembered.get(digest)
        if row is not None:
            return User.from_db(connection.alias, FIELDS, row), Unproved(digest)
        return _seen(digest), digest


_remembered: OrderedDict[str, tuple[Any, ...]] = OrderedDict()


def prove(request: Request) -> None:
    """Whoever was only remembered is looked at, and known to the request as they are now.

    Raises AuthenticationFailed where the token opens nothing any more.
    """
    if isinstance(request.auth, Unproved):
        digest = request.auth.digest
        _remembered.pop(digest, None)
        request.user, request.auth = _seen(digest), digest


def _seen(digest: str) -> User:
    """The holder as they are now, remembered from now on; raises AuthenticationFailed."""
    row = _holder(digest)
    user = User.from_db(connection.alias, FIELDS, row)
    if user.is_labeler:
        _remembered[digest] = row
        while len(_remembered) > REMEMBERED_HOLDERS:
            _remembered.popitem(last=False)
    return user


def _digest(token: bytes) -> str:
    try:
        return hash_token(token.decode("ascii"))
    except UnicodeDecodeError:
        raise AuthenticationFailed(INVALID)


def _holder(digest: str) -> tuple[Any, ...]:
    """The row of who holds the token; raises AuthenticationFailed."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDER, [digest])
        row = cursor.fetchone()
    if row is None:
        raise AuthenticationFailed(INVALID)
    return row
