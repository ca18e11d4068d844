"""Choices: which notices a person wants on their page and by mail; all of them, until they say so.

What is about the safety of their money is always told. A mail's link turns mails like it off,
without sign-in: it carries a signature, and opens nothing else.
"""

from dataclasses import dataclass

from django.core import signing
from django.db.transaction import atomic

from people.errors import AlwaysTold, WrongLink
from people.models import Notice, User

PAGE, MAIL = "page", "mail"
ALWAYS = frozenset({Notice.Kind.WALLET_CHANGED})
SALT = "people.choices"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Where a person is told of one kind of thing."""

    kind: Notice.Kind
    page: bool
    mail: bool

    @property
    def always(self) -> bool:
        """True where there is no choice."""
        return self.kind in ALWAYS


def of(user: User) -> list[Choice]:
    """What this person chose, kind by kind."""
    return [
        Choice(kind=kind, page=wants(user, kind, PAGE), mail=wants(user, kind, MAIL))
        for kind in Notice.Kind
    ]


def wants(user: User, kind: str, channel: str) -> bool:
    """True unless they muted it."""
    return kind in ALWAYS or _name(kind, channel) not in user.muted


def change(user: User, kind: str, **wanted: bool) -> User:
    """The person with their choice for this kind, by channel (`page`, `mail`); the rest stays.

    Raises AlwaysTold when something that is always told is to be muted.
    """
    if kind in ALWAYS and not all(wanted.values()):
        raise AlwaysTold()
    with atomic():
        locked = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        muted = set(locked.muted)
        for channel, is_wanted in wanted.items():
            name = _name(kind, channel)
            muted = muted - {name} if is_wanted else muted | {name}
        user.muted = locked.muted = sorted(muted)
        locked.save(update_fields=["muted"])
    return user


def _name(kind: str, channel: str) -> str:
    return f"{channel}:{Notice.Kind(kind).value}"


# --- The link in a mail -----------------------------------------------------------------------


def token(user: User, kind: str) -> str:
    """What a mail's link carries; it lasts as long as the mail is kept."""
    return signing.dumps([user.pk, str(kind)], salt=SALT)


def muted_kind(token: str) -> Notice.Kind:
    """Which mails this link turns off; raises WrongLink."""
    return _read(token)[1]


def mute(token: str) -> Notice.Kind:
    """Mails of this kind go to that person no more; done before is done. Raises WrongLink."""
    user, kind = _read(token)
    change(user, kind, mail=False)
    return kind


def _read(token: str) -> tuple[User, Notice.Kind]:
    try:
        user_id, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise WrongLink from error
    user = User.objects.filter(pk=user_id).first()
    if user is None or kind not in Notice.Kind.values or kind in ALWAYS:
        raise WrongLink
    return user, Notice.Kind(kind)
