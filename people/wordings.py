"""Notices in words: what is said of each kind, in the language that is spoken now.

Facts are for programs, so amounts are decimal strings and moments ISO 8601; what the room that
told says in English (`reason`) is marked for translation there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext as translate
from django.utils.translation import ngettext

from people import locales
from people.models import Notice

Facts = dict[str, Any]
Kind = Notice.Kind


@dataclass(frozen=True, kw_only=True)
class Said:
    """A title, a sentence or two, and where to look: a page of ours, and one of the explorer."""

    title: str
    text: str
    link: str = ""
    path: str = ""
    explorer_url: str = ""


def of(notice: Notice) -> Said:
    """What this notice says."""
    return WORDINGS[Kind(notice.kind)](notice.facts)


def _accepted(facts: Facts) -> Said:
    count = facts["count"]
    title = ngettext("%(count)s answer accepted", "%(count)s answers accepted", count)
    said = _("You earned %(amount)s in “%(project)s” on %(day)s.")
    return Said(
        title=title % {"count": locales.number(count)},
        text=said % readable(facts),
        link=_("Your answers"),
        path=facts["path"],
    )


def _rejected(facts: Facts) -> Said:
    count = facts["count"]
    title = ngettext("%(count)s answer rejected", "%(count)s answers rejected", count)
    until = _("You can appeal until %(until)s. The pay stays locked till then.")
    why = f"{facts['project']}: {translate(facts['reason'])} {facts['note']}"
    return Said(
        title=title % {"count": locales.number(count)},
        text=f"{why}\n{until % readable(facts)}",
        link=_("Look at it, or appeal"),
        path=facts["path"],
    )


def _appeal_decided(facts: Facts) -> Said:
    if facts["outcome"] == "OVERTURNED":
        title = _("A rejection did not stand")
        said = _("Your work in “%(project)s” is accepted after all: you are paid %(amount)s.")
    else:
        title = _("A rejection stands")
        said = _("The jury found the rejection in “%(project)s” right.")
        if Decimal(facts.get("amount", 0)) > 0:
            rest = _("Some of the answers are accepted all the same: you are paid %(amount)s.")
            said = f"{said} {rest}"
    return Said(title=title, text=said % readable(facts), link=_("How it went"), path=facts["path"])


def _paid(facts: Facts) -> Said:
    if facts.get("project"):
        said = _("It went to %(address)s, out of the money of “%(project)s”.")
    else:
        said = _("It went to %(address)s.")
    return _of_payout(facts, _("%(amount)s arrived in your wallet"), said, link=_("Receipt"))


def _returned(facts: Facts) -> Said:
    title = _("%(amount)s came back")
    said = _("What you asked to be sent to %(address)s is in your earnings again.")
    if facts.get("project"):
        said = _("What you asked to be sent to %(address)s is in the money of “%(project)s” again.")
    back = _of_payout(facts, title, said, link=_("Details"))
    why = translate(facts["reason"]) if facts.get("reason") else ""
    return replace(back, text=f"{back.text} {why}".strip())


def _of_payout(facts: Facts, title: str, said: str, *, link: str) -> Said:
    given = readable(facts)
    return Said(
        title=title % given,
        text=said % given,
        link=_("Money") if facts.get("project") else link,
        path=facts["path"],
        explorer_url=facts.get("explorer_url") or "",
    )


def _wallet_changed(facts: Facts) -> Said:
    said = _("From %(from)s on, what you take out goes to %(new)s, and no longer to %(old)s.")
    if facts.get("project"):
        said = _(
            "From %(from)s on, what you take out of “%(project)s” goes to %(new)s, and no longer "
            "to %(old)s."
        )
    rest = _("If this was not you, keep the old wallet there, and change your password.")
    return Said(
        title=_("Your wallet is about to change"),
        text=" ".join([said % readable(facts), *mail_is_new(facts), rest]),
        link=_("Money") if facts.get("project") else _("Your wallet"),
        path=facts["path"],
    )


def mail_is_new(facts: Facts) -> list[str]:
    """Why no link in a mail ends the waiting for a wallet, if that is why."""
    if not facts.get("mail_is_new"):
        return []
    return [
        _(
            "Your mail address is new, so no link in a mail ends the waiting; a signature of the "
            "old wallet does."
        )
    ]


def readable(facts: Facts) -> Facts:
    """Amounts, days and moments as the reader writes them."""
    given = dict(facts)
    if "amount" in given:
        given["amount"] = locales.amount(given["amount"])
    if "day" in given:
        given["day"] = locales.day(date.fromisoformat(given["day"]))
    for name in ("until", "from"):
        if name in given:
            given[name] = locales.moment(datetime.fromisoformat(given[name]))
    return given


WORDINGS: dict[Kind, Callable[[Facts], Said]] = {
    Kind.ACCEPTED: _accepted,
    Kind.REJECTED: _rejected,
    Kind.APPEAL_DECIDED: _appeal_decided,
    Kind.PAID: _paid,
    Kind.RETURNED: _returned,
    Kind.WALLET_CHANGED: _wallet_changed,
}
