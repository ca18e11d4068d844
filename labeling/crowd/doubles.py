"""Doubles: accounts that may well be one person's, by what they share.

A mail address, or a wallet: one that somebody is paid out to or was, that they proved to hold, or
that pays for their projects. What costs nothing to claim of others is left out, but for a mail
address, of which an account has one: nobody keeps many people from something by naming theirs.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models.functions import Lower

from labeling.models import Project
from payments import escrow
from people.models import ProvedWallet, User


def has(person_id: int, *, among: Iterable[int]) -> bool:
    """True if one of these people is this person, by all that we can see."""
    others = set(among)
    return person_id in others or bool(of(person_id, among=others))


def of(person_id: int, *, among: Iterable[int]) -> set[int]:
    """Those of these people who are this person, themselves included, by all that we can see."""
    others = set(among)
    if not others - {person_id}:
        return others
    marks_of = _marks({person_id, *others})
    own = marks_of[person_id]
    return {other for other in others if other == person_id or own & marks_of[other]}


def _marks(people_ids: set[int]) -> dict[int, set[str]]:
    """By person what nobody else should have."""
    marks_of: dict[int, set[str]] = defaultdict(set)
    mails = User.objects.filter(pk__in=people_ids).exclude(email="")
    for person_id, mail in mails.values_list("pk", Lower("email")):
        marks_of[person_id].add(mail)
    proved = ProvedWallet.objects.filter(user__in=people_ids)
    for person_id, address in proved.values_list("user", "address"):
        marks_of[person_id].add(address)
    person_of = _purses(people_ids)
    for holder, addresses in escrow.wallets_of(list(person_of)).items():
        marks_of[person_of[holder]] |= addresses
    return marks_of


def _purses(people_ids: set[int]) -> dict[str, int]:
    """Whose each holder is: of their own purses, and of those of their projects."""
    found = {f"person:{person_id}": person_id for person_id in people_ids}
    owned = Project.objects.filter(owner__in=people_ids).values_list("pk", "owner")
    return found | {f"project:{project_id}": owner_id for project_id, owner_id in owned}
