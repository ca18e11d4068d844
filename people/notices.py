"""Notices: what a person should hear of when no page of ours is open, by mail.

Called where it happens: the letter is written in the same transaction. Who has proved no mail
address is told in the pages alone.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from people import languages, letters, locales
from people.models import User

PERSON = re.compile(r"person:(\d{1,18})")


def tell(holder: str, kind: str, facts: dict[str, Any]) -> None:
    """A letter of this kind goes to `person:12` once the transaction has committed.

    Kinds are those of LETTERS; raises KeyError for another one.
    """
    letter, found = LETTERS[kind], PERSON.fullmatch(holder)
    user = User.objects.filter(pk=found[1], is_active=True).first() if found else None
    if user is None:
        return
    with languages.spoken_to(user):
        subject, text = letter(facts)
    letters.write(user, subject=subject, body=text)


def _wallet_changed(facts: dict[str, Any]) -> tuple[str, str]:
    said = _(
        "From %(moment)s on, what you take out goes to another wallet:\n"
        "  %(new)s\n"
        "Until then it goes to the old one:\n"
        "  %(old)s\n"
        "\n"
        "If this was you and you do not want to wait, open this link:\n"
        "  %(link)s\n"
        "\n"
        "If this was not you, sign in now, name your old wallet again, and change your password."
    )
    link = f"{settings.STIPEND_URL}{facts['path']}"
    given = {**facts, "moment": locales.moment(facts["from"]), "link": link}
    return _("Your wallet is about to change"), said % given


LETTERS: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    "wallet_changed": _wallet_changed,
}
