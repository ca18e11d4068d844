"""Dossiers: everything that is held about one person, for that person, as one JSON document.

Each room tells what it keeps, in sections of rows (STIPEND_DOSSIERS). Rows are read and written
some at a time, so a long life here costs no memory. Secrets are in none of it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from people import explorer, two_step
from people.models import Departure, Letter, User

FORMAT = "stipend-person-1"
CHUNK_BYTES = 32 * 1024
Row = dict[str, Any]
Section = tuple[str, Iterable[Row]]


def written(user: User) -> Iterator[bytes]:
    """The document in pieces: `{"format", "made_at", …}`, then a list of rows for each section.

    What breaks off in the middle is no JSON: nobody takes a part for the whole.
    """
    return _gathered(_parts(user))


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces of CHUNK_BYTES, for the wire."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        if len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _parts(user: User) -> Iterator[bytes]:
    head = {"format": FORMAT, "made_at": timezone.now(), "pseudonym": user.pseudonym}
    yield orjson.dumps(head)[:-1]
    for name, rows in sections(user):
        yield b',\n"' + name.encode() + b'": ['
        separator = b"\n"
        for row in rows:
            yield separator + orjson.dumps(row, default=str)
            separator = b",\n"
        yield b"]"
    yield b"}\n"


def sections(user: User) -> Iterator[Section]:
    """Name and rows of all that the rooms keep of this person."""
    yield from _own(user)
    for path in settings.STIPEND_DOSSIERS:
        yield from import_string(path)(user.pk)


def _own(user: User) -> Iterator[Section]:
    yield "account", [_account(user)]
    yield "mail_addresses", _mail_addresses(user)
    yield "ways_to_sign_in", _ways(user)
    yield "wallets", _wallets(user)
    yield "api_tokens", user.api_tokens.values("name", "token_key", "created").iterator()
    yield "sessions", _sessions(user)
    yield "notices", _notices(user)
    yield "letters", _letters(user)
    yield "departure", _departure(user)


def _account(user: User) -> Row:
    names = [
        *("id", "username", "first_name", "last_name", "pseudonym", "date_joined", "last_login"),
        *("is_labeler", "is_requester", "is_staff", "is_active", "is_agent"),
        *("country", "languages", "language", "two_step", "muted"),
    ]
    return {name: getattr(user, name) for name in names}


def _mail_addresses(user: User) -> Iterator[Row]:
    if user.email:
        yield {"address": user.email, "proved_at": user.mail_proved_at}
    for kept in EmailAddress.objects.filter(user=user).exclude(email=user.email):
        yield {"address": kept.email, "proved_at": None}


def _ways(user: User) -> Iterator[Row]:
    if user.has_usable_password():
        yield {"way": "password"}
    for kept in Authenticator.objects.filter(user=user).order_by("created_at"):
        row = {"way": kept.type, "since": kept.created_at, "used_at": kept.last_used_at}
        if kept.type == Authenticator.Type.WEBAUTHN:
            row["name"] = str(kept.wrap())
        if kept.type == Authenticator.Type.RECOVERY_CODES:
            row["codes_left"] = two_step.codes_left(user)
        yield row


def _wallets(user: User) -> Iterator[Row]:
    for one in user.wallets.values("address", "proved_at", "used_at").iterator():
        yield one | {"explorer_url": explorer.url(one["address"])}


def _notices(user: User) -> Iterator[Row]:
    for one in user.notices.values("kind", "facts", "at", "read_at").iterator():
        yield one | {"links": explorer.links(str(one["facts"]))}


def _sessions(user: User) -> Iterator[Row]:
    found = UserSession.objects.filter(user=user).order_by("created_at")
    yield from found.values("created_at", "last_seen_at", "ip", "user_agent").iterator()


def _letters(user: User) -> Iterator[Row]:
    found = Letter.objects.filter(user=user).order_by("written_at")
    yield from found.values("address", "written_at", "ended_at").iterator()


def _departure(user: User) -> Iterator[Row]:
    yield from Departure.objects.filter(user=user).values("state", "asked_at", "due_at")
