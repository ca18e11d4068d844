"""Notices: what a person should hear of, on their page and by mail, as they chose.

Called where it happens: the row is written in the caller's transaction, and the mail follows from
the row. Under one key a person is told once, whoever calls how often. Where money moves nobody
calls this: a job does, behind it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Max, Q, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from people import choices
from people.models import Notice, User

PERSON = re.compile(r"person:(\d{1,18})")
DAILY = frozenset({Notice.Kind.ACCEPTED})  # one mail for all of a day
COUNTED_TO = 100  # more are not told apart
FORGOTTEN_AT_ONCE = 5000

Facts = dict[str, Any]


def tell(holder: str, kind: str, facts: Facts, *, key: str, private: Facts | None = None) -> None:
    """`person:12` has a notice of this kind, now or under this key before.

    `private` is what the mail alone may say. Nobody else than a person who is active is told;
    raises ValueError for another kind.
    """
    user = _person(holder)
    if user is not None:
        fresh = _fresh(user, Notice.Kind(kind), facts, key)
        fresh.private = private or {}
        Notice.objects.bulk_create([fresh], ignore_conflicts=True)


def grow(holder: str, kind: str, *, key: str, grown: Callable[[Facts], Facts]) -> None:
    """The notice under this key has the facts that `grown` makes of those it had, {} at first.

    A read one is unread again. Each call counts: the caller sees to it that it is one.
    """
    user = _person(holder)
    if user is None:
        return
    with atomic():
        fresh = _fresh(user, Notice.Kind(kind), {}, key)
        Notice.objects.bulk_create([fresh], ignore_conflicts=True)
        notice = _locked(user, key)
        notice.facts, notice.at, notice.read_at = grown(notice.facts), timezone.now(), None
        notice.save(update_fields=["facts", "at", "read_at"])


def mail_since(holder: str) -> datetime | None:
    """When `person:12` proved the mail address that notices go to; None if they have none."""
    user = _person(holder)
    return user.mail_proved_at if user else None


def _locked(user: User, key: str) -> Notice:
    return Notice.objects.select_for_update(of=("self",)).get(user=user, key=key)


def _person(holder: str) -> User | None:
    found = PERSON.fullmatch(holder)
    return User.objects.filter(pk=found[1], is_active=True).first() if found else None


def _fresh(user: User, kind: Notice.Kind, facts: Facts, key: str) -> Notice:
    now = timezone.now()
    return Notice(
        user=user,
        kind=kind,
        key=key,
        facts=facts,
        on_page=choices.wants(user, kind, choices.PAGE),
        at=now,
        mail_due_at=_mail_due(now, kind) if _wants_mail(user, kind) else None,
    )


def _wants_mail(user: User, kind: str) -> bool:
    return bool(user.mail_proved_at) and choices.wants(user, kind, choices.MAIL)


def _mail_due(now: datetime, kind: str) -> datetime:
    """At once; of what there is one mail a day for, when that day is over."""
    if kind not in DAILY:
        return now
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return day + timedelta(minutes=settings.STIPEND_DIGEST_MINUTES)


# --- On the page ------------------------------------------------------------------------------


def of(user: User) -> QuerySet[Notice]:
    """What this person has been told on their page: the unread first, then the newest."""
    is_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    return told(user).order_by(is_read, "-at", "-id")


def told(user: User) -> QuerySet[Notice]:
    """The same, the newest first."""
    return Notice.objects.filter(user=user, on_page=True).order_by("-id")


def newest_id(user: User) -> int:
    """The highest id among them; 0 where there is none."""
    shown = Notice.objects.filter(user=user, on_page=True)
    newest = shown.aggregate(id=Max(F("id") + 0))  # of the person's own, not down all of the ids
    return newest["id"] or 0


def unread_count(user: User) -> int:
    """How many they have not read, counted up to COUNTED_TO: one look into a small index."""
    return _unread(user)[:COUNTED_TO].count()


def _unread(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, on_page=True, read_at=None).order_by()


def read(user: User, ids: Iterable[int]) -> int:
    """How many of these were unread; they are read now. Anybody else's stay as they are."""
    return _unread(user).filter(pk__in=list(ids)).update(read_at=timezone.now())


def read_all(user: User, *, until: datetime) -> int:
    """How many were unread that the person has been told by that moment; they are read now."""
    return _unread(user).filter(at__lte=until).update(read_at=timezone.now())


def forget_old() -> int:
    """How many notices are gone: read, and older than STIPEND_NOTICE_DAYS."""
    day = timezone.now() - timedelta(days=settings.STIPEND_NOTICE_DAYS)
    old = Notice.objects.filter(at__lt=day, read_at__isnull=False, mail_due_at=None)
    ids = list(old.order_by("at").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    return Notice.objects.filter(pk__in=ids).delete()[0]
