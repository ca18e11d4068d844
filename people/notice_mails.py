"""Notices by mail: a letter for each, one for all that is told once a day; never two.

The letter and the note that it was written are one transaction, so whoever runs this twice, or
twice at once, writes it once. `letters` carries it. Each but those about safety says how to have
no more of its kind, to people and to their mail program (RFC 8058).
"""

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import choices, explorer, languages, letters, locales, wordings
from people.models import Letter, Notice, User
from people.notices import DAILY

PEOPLE_A_RUN = 100
NOTICES_AT_ONCE = 100  # of one person
BROKEN = (ArithmeticError, KeyError, TypeError, ValueError)  # facts that no words can be made of

logger = logging.getLogger(__name__)


def write_due() -> int:
    """How many letters were written for notices whose mail is due."""
    due = Notice.objects.filter(mail_due_at__lte=timezone.now()).order_by()
    first = due.values("user").annotate(first=Min("mail_due_at")).order_by("first", "user")
    user_ids = list(first.values_list("user", flat=True)[:PEOPLE_A_RUN])
    return sum(_write_to(user_id) for user_id in user_ids)


@atomic
def _write_to(user_id: int) -> int:
    """The same for one person; somebody whom another process is writing to is left to it."""
    user = _free(user_id)
    if user is None:
        return 0
    with languages.spoken_to(user):
        return sum(_written(user, together) for together in _together(_due(user)))


def _free(user_id: int) -> User | None:
    """The person, locked; None while another process writes to them."""
    free = User.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return free.filter(pk=user_id).first()


def _due(user: User) -> list[Notice]:
    due = Notice.objects.filter(user=user, mail_due_at__lte=timezone.now()).order_by("id")
    return list(due.select_for_update(of=("self",))[:NOTICES_AT_ONCE])


def _together(some: list[Notice]) -> Iterable[list[Notice]]:
    """What goes into one letter."""
    for kind in DAILY:
        if daily := [one for one in some if one.kind == kind]:
            yield daily
    yield from ([one] for one in some if one.kind not in DAILY)


def _written(user: User, some: list[Notice]) -> bool:
    kind, letter = some[0].kind, None
    if user.is_active and choices.wants(user, kind, choices.MAIL):
        try:
            letter = _letter(user, some)
        except BROKEN:
            logger.exception("Notices of %s cannot be said: %s", user.pk, [one.pk for one in some])
    done = Notice.objects.filter(pk__in=[one.pk for one in some])
    done.update(mail_due_at=None, letter=letter, private={})
    return letter is not None


def _letter(user: User, some: list[Notice]) -> Letter | None:
    kind = some[0].kind
    subject, text = _daily(some) if kind in DAILY else _single(user, some[0])
    if kind in choices.ALWAYS:
        last, headers = _("This is about the safety of your money, so you are always told."), {}
    else:
        link = _address(reverse("mute-mails", args=[choices.token(user, kind)]))
        last = _("No more mails like this: %(link)s") % {"link": link}
        headers = {
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    body = f"{text}\n\n-- \n{last}"
    return letters.write(user, subject=subject, body=body, headers=headers, goes_once=True)


def _single(user: User, notice: Notice) -> tuple[str, str]:
    said = wordings.of(notice)
    if notice.kind == Notice.Kind.WALLET_CHANGED and notice.private and _is_known(user, notice):
        return said.title, _confirmable(notice)
    lines = [said.text, "", *explorer.links(said.text).values()]
    if said.path:
        lines.append(f"{said.link}: {_address(said.path)}")
    if said.explorer_url:
        lines.append(f"{_('Transfer')}: {said.explorer_url}")
    return said.title, "\n".join(lines).strip()


def _daily(some: list[Notice]) -> tuple[str, str]:
    """One letter for all: what each says, and one way to look at it."""
    count = sum(one.facts["count"] for one in some)
    title = ngettext("%(count)s answer accepted", "%(count)s answers accepted", count)
    said = [wordings.of(one) for one in some]
    lines = [f"{one.title}: {one.text}" for one in said]
    look = f"{said[0].link}: {_address(said[0].path)}"
    return title % {"count": locales.number(count)}, "\n".join([*lines, "", look])


def _is_known(user: User, notice: Notice) -> bool:
    """True if the mail address was the person's when this happened: a link is for no later one."""
    return user.mail_proved_at is not None and user.mail_proved_at <= notice.at


def _confirmable(notice: Notice) -> str:
    """What a changed wallet's mail says: it alone has the link that confirms the change."""
    said = _(
        "From %(moment)s on, what you take out goes to another wallet:\n"
        "  %(new)s\n"
        "Until then it goes to the old one:\n"
        "  %(old)s\n"
        "\n"
        "If this was you and you do not want to wait, open this link:\n"
        "  %(link)s\n"
        "\n"
        "If this was not you, sign in now, keep your old wallet, and change your password:\n"
        "  %(page)s"
    )
    given: dict[str, Any] = {**notice.facts, "link": _address(notice.private["path"])}
    given["page"] = _address(notice.facts["path"])
    given["moment"] = wordings.readable(notice.facts)["from"]
    links = explorer.links(f"{given['old']} {given['new']}").values()
    whose = [f"“{given['project']}”", ""] if given.get("project") else []
    return "\n".join([*whose, said % given, *(["", *links] if links else [])])


def _address(path: str) -> str:
    return f"{settings.STIPEND_URL}{path}"
