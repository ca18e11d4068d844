"""Keys for programs: shown once, kept hashed, checked with one SELECT."""

from django.db import connection
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed

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
""".format(columns=", ".join(f"holder.{field.column}" for field in User._meta.concrete_fields))


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token <key>`: the digest is the primary key, the user comes joined."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, str]:
        """The person and the token's digest; raises AuthenticationFailed."""
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError:
            raise AuthenticationFailed(INVALID)
        user = _holder(digest)
        if user is None or not user.is_active:
            raise AuthenticationFailed(INVALID)
        return user, digest


def _holder(digest: str) -> User | None:
    with connection.cursor() as cursor:
        cursor.execute(HOLDER, [digest])
        row = cursor.fetchone()
    return None if row is None else User.from_db(connection.alias, FIELDS, row)
