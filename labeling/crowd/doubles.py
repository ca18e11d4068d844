"""Doubles: accounts that may well be one person's, by what they share.

A mail address or a wallet. Who is asked about wants to judge, and is taken at their word: by
their mail address, the wallets that they named or were paid to, and where their projects' money
goes. Of the others counts only what nobody can say of them but they: a mail address or a wallet
that they proved, one that their money, or that of their projects, has arrived in, and one that paid
for their projects. So whoever names somebody else's keeps nobody but themselves from judging.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models.functions import Lower

from labeling.models import Project
from payments import escrow
from people.models import ProvedWallet, User


def has(person_id: int, *, among: Iterable[int]) -> bool:
    """True if one of these people is this person, who wants to judge, by all that we can see."""
    return bool(of(person_id, among=among))


def of(person_id: int, *, among: Iterable[int]) -> set[int]:
    """Those of these people who are this person, who wants to judge, by all that we can see."""
    others = set(among)
    same, strangers = others & {person_id}, others - {person_id}
    said = _said(person_id) if strangers else set[str]()
    if not said:
        return same
    return same | {one for one, sure in _sure(strangers).items() if said & sure}


def _said(person_id: int) -> set[str]:
    """What this person says is theirs; a deposit is left out, which anybody can make for them."""
    found = set(ProvedWallet.objects.filter(user=person_id).values_list("address", flat=True))
    mails = User.objects.filter(pk=person_id).exclude(email="")
    found.update(mails.values_list(Lower("email"), flat=True))
    holders = [f"person:{person_id}", *_projects({person_id})]
    return found.union(*escrow.wallets_of(holders).values())


def _sure(people_ids: set[int]) -> dict[int, set[str]]:
    """By person what is surely theirs."""
    sure_of: dict[int, set[str]] = defaultdict(set)
    mails = User.objects.filter(pk__in=people_ids, mail_proved_at__isnull=False)
    for person_id, mail in mails.exclude(email="").values_list("pk", Lower("email")):
        sure_of[person_id].add(mail)
    proved = ProvedWallet.objects.filter(user__in=people_ids)
    for person_id, address in proved.values_list("user", "address"):
        sure_of[person_id].add(address)
    owner_of = _projects(people_ids)
    whose = {**{f"person:{person_id}": person_id for person_id in people_ids}, **owner_of}
    for holder, addresses in escrow.paid_wallets_of(list(whose)).items():
        sure_of[whose[holder]] |= addresses
    for holder, addresses in escrow.paying_wallets_of(list(owner_of)).items():
        sure_of[owner_of[holder]] |= addresses
    return sure_of


def _projects(people_ids: set[int]) -> dict[str, int]:
    """Whose the purse of each of their projects is, by its holder."""
    owned = Project.objects.filter(owner__in=people_ids).values_list("pk", "owner")
    return {f"project:{project_id}": owner_id for project_id, owner_id in owned}
