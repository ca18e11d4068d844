"""Leaving: asked for, thought over, carried out; and the way to money that is still owed.

Promises: once asked, tokens and other sessions are over; for STIPEND_LEAVE_DAYS it can be taken
back; then nobody signs in as this person any more, and nothing kept says who it was but the
pseudonym, which data sets and the book refer to. Money stays theirs: whoever signs with a wallet
that they had proved, or has the code that they were given, can take it out.

Other rooms take part by the settings STIPEND_LEAVE_…, and people knows none of them. Locks: the
person, then the departure.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from people import languages, letters, locales, sessions
from people.errors import CannotLeave, UnknownClaim
from people.models import Departure, Letter, ProvedWallet, User

CODE_CHARACTERS = 20
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none looks like another: 99 bits in all
DEPARTURES_A_RUN = 50
LATER_SECONDS = 3600  # until one that could not be carried out is tried again
State = Departure.State

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What asking brought: `code` opens the rest of the money, and is told only now."""

    departure: Departure
    code: str


# --- Asked for ------------------------------------------------------------------------------------


def refusals(user: User) -> list[dict[str, Any]]:
    """What has to be settled before this person can leave: `code`, `message`, and what it is."""
    found: list[dict[str, Any]] = []
    if user.is_staff or user.is_superuser:
        sentence = _("Admins hand over first: another admin takes their rights away.")
        found.append({"code": "is_admin", "message": sentence})
    for path in settings.STIPEND_LEAVE_REFUSALS:
        found += import_string(path)(user.pk)
    return found


def of(user: User) -> Departure | None:
    """How far this person is with leaving; None if they stay."""
    return Departure.objects.filter(user=user.pk).first()


def ask(user: User, *, by: User | None = None, session_key: str = "") -> Asked:
    """The person leaves in STIPEND_LEAVE_DAYS; asked again, only the code is another one.

    Their tokens and sessions are over now, but for the one of `session_key`, and what others wait
    for is given back. `by` is the admin who was asked by letter. Raises CannotLeave.
    """
    code = "".join(secrets.choice(CODE_ALPHABET) for _each in range(CODE_CHARACTERS))
    with atomic():
        locked = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
        departure = _asked(locked, digest=_digest(code), by=by)
        locked.api_tokens.all().delete()
        sessions.end_all(locked, but=session_key)
    _take(settings.STIPEND_LEAVE_ASKED, departure)
    return Asked(departure, "-".join(code[at : at + 4] for at in range(0, CODE_CHARACTERS, 4)))


def _asked(user: User, *, digest: str, by: User | None) -> Departure:
    departure = Departure.objects.select_for_update().filter(user=user).first()
    if departure is not None and departure.state != State.ASKED:
        raise CannotLeave("This account is deleted already.")
    if found := refusals(user):
        raise CannotLeave(reasons=found)
    if departure is not None:
        departure.claim_digest = digest
        departure.save(update_fields=["claim_digest"])
        return departure
    due_at = timezone.now() + timedelta(days=settings.STIPEND_LEAVE_DAYS)
    departure = Departure.objects.create(user=user, claim_digest=digest, asked_by=by, due_at=due_at)
    with languages.spoken_to(user):
        said = _(
            "On %(moment)s your account %(name)s will be deleted, because this was asked for.\n"
            "\n"
            "If you want to stay, sign in before that and choose to keep your account. If it was "
            "not you who asked, change your password as well."
        )
        facts = {"moment": locales.moment(due_at), "name": user.username}
        letters.write(user, subject=_("Your account will be deleted"), body=said % facts)
    return departure


def take_back(user: User) -> bool:
    """True if the person was about to leave; they stay. New tokens have to be made."""
    with atomic():
        locked = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
        count, _rows = Departure.objects.filter(user=locked, state=State.ASKED).delete()
        if count:
            with languages.spoken_to(locked):
                subject, body = _("Your account stays"), _("It will not be deleted.")
                letters.write(locked, subject=subject, body=body)
    return bool(count)


def _digest(code: str) -> str:
    plain = "".join(one for one in code.upper() if one in CODE_ALPHABET)
    return hashlib.sha256(f"people.departures:{plain}".encode()).hexdigest()


def _take(paths: list[str], departure: Departure) -> None:
    """One step of every room that takes part; each may run twice, and twice at once."""
    for path in paths:
        import_string(path)(departure.user_id, proved=departure.wallets)


# --- Carried out ----------------------------------------------------------------------------------


def carry_out() -> int:
    """How many people have left now: those whose time is over."""
    under_way = Departure.objects.exclude(state=State.ENDED)
    due = under_way.filter(due_at__lte=timezone.now()).order_by("due_at")
    ids = list(due.values_list("pk", flat=True)[:DEPARTURES_A_RUN])
    count = sum(_carried_out(departure_id) for departure_id in ids)
    letters_out = Letter.objects.filter(user__departure__state=State.ENDED)
    letters_out.exclude(ended_at=None).delete()
    return count


def _carried_out(departure_id: int) -> bool:
    """One that does not succeed keeps no other one waiting."""
    try:
        departure = _begun(departure_id)
        if departure is None:
            return False
        _take(settings.STIPEND_LEAVE_DUE, departure)
        return _ended(departure)
    except Exception:
        logger.exception("Departure %s waits.", departure_id)
        _postpone(departure_id)
        return False


def _postpone(departure_id: int) -> None:
    later = timezone.now() + timedelta(seconds=LATER_SECONDS)
    Departure.objects.filter(pk=departure_id).exclude(state=State.ENDED).update(due_at=later)


@atomic
def _begun(departure_id: int) -> Departure | None:
    """The departure, which cannot be taken back any more; None while something is to be settled."""
    asked = Departure.objects.filter(pk=departure_id).first()
    if asked is None:
        return None
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.user_id)
    departure = Departure.objects.select_for_update().filter(pk=departure_id).first()
    if departure is None or departure.state != State.ASKED:
        return departure if departure and departure.state == State.BEGUN else None
    if refusals(user):
        _postpone(departure_id)
        return None
    departure.wallets = list(user.wallets.by_use().values_list("address", flat=True))
    departure.state = State.BEGUN
    departure.save(update_fields=["state", "wallets"])
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.api_tokens.all().delete()
    sessions.end_all(user)
    return departure


@atomic
def _ended(begun: Departure) -> bool:
    user = User.objects.select_for_update(of=("self",)).get(pk=begun.user_id)
    departure = Departure.objects.select_for_update().get(pk=begun.pk)
    if departure.state != State.BEGUN:
        return False
    farewell = _farewell(user)
    _delete(user, but=farewell)
    _blank(user)
    departure.state, departure.ended_at = State.ENDED, timezone.now()
    departure.save(update_fields=["state", "ended_at"])
    return True


def _farewell(user: User) -> Letter | None:
    with languages.spoken_to(user):
        said = _(
            "Your account is deleted. What you earned is still yours, also what is accepted from "
            "now on. You can take it out with a wallet that you had proved, or with the code that "
            "you were given:\n  %(link)s"
        )
        body = said % {"link": f"{settings.STIPEND_URL}/left/"}
        return letters.write(user, subject=_("Your account is deleted"), body=body)


def _delete(user: User, *, but: Letter | None) -> None:
    """What opens the account and what was said about it; the farewell goes once it is sent."""
    user.api_tokens.all().delete()
    user.wallets.all().delete()
    user.mail_codes.all().delete()
    user.notices.all().delete()
    user.letters.exclude(pk=but.pk if but else None).delete()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    sessions.end_all(user)
    user.groups.clear()
    user.user_permissions.clear()
    kind = ContentType.objects.get_for_model(User)
    noted = LogEntry.objects.filter(content_type=kind, object_id=str(user.pk))
    noted.update(object_repr=user.pseudonym)


def _blank(user: User) -> None:
    """The row without a word of who it was. Whether a program worked here is no name: it stays."""
    user.username = f"left-{secrets.token_hex(8)}"
    user.first_name = user.last_name = user.email = user.country = user.language = ""
    user.languages, user.mail_proved_at, user.last_login = [], None, None
    user.two_step = user.is_active = False
    user.set_unusable_password()
    user.save(force_update=True)


# --- The rest of the money --------------------------------------------------------------------


def by_code(code: str) -> list[int]:
    """Who left with this code; raises UnknownClaim."""
    found = _left().filter(claim_digest=_digest(code)).values_list("user_id", flat=True)
    if not found:
        raise UnknownClaim
    return list(found)


def by_wallet(address: str) -> list[int]:
    """Who had proved this wallet when they left, the last to leave first; nobody most times."""
    found = _left().filter(wallets__contains=[address]).order_by("-due_at")
    return list(found.values_list("user_id", flat=True))


def signs_in(address: str) -> bool:
    """True if this wallet signs somebody in now, who may be the same person come back."""
    return ProvedWallet.objects.filter(address=address, user__is_active=True).exists()


def _left() -> QuerySet[Departure]:
    return Departure.objects.exclude(state=State.ASKED)
