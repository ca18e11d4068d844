"""Keys for programs: shown once, kept hashed, checked with one SELECT."""

from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed

from people.errors import TooManyTokens
from people.models import ApiToken, User

TOKENS_LIMIT = 50  # per person
INVALID = "Invalid token."


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


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token <key>`: the digest is the primary key, the user comes joined."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError:
            raise AuthenticationFailed(INVALID)
        alive = Q(expiry=None) | Q(expiry__gt=timezone.now())
        found = ApiToken.objects.select_related("user").filter(alive, digest=digest).first()
        if found is None:
            raise AuthenticationFailed(INVALID)
        return self.validate_user(found)
