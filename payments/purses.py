"""Purses: who owns which, and what a purse is called on chain."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from payments.errors import NotFound
from payments.models import Purse

HOUSE = "house"  # whoever runs this
STRAYS = "house:strays"  # what came for a purse that nobody has, until it is sent back


def is_house(holder: str) -> bool:
    """True of a purse that no person and no project owns: two admins decide about its money."""
    return holder.split(":")[0] == HOUSE


def open(holder: str) -> UUID:
    """The id of this holder's purse, opened now if there was none."""
    return open_all([holder])[holder]


def open_all(holders: Iterable[str]) -> dict[str, UUID]:
    """The ids of these holders' purses by holder, missing ones opened; one statement if none is."""
    wanted = sorted(set(holders))
    found = _by_holder(wanted)
    if missing := [holder for holder in wanted if holder not in found]:
        fresh = [Purse(holder=holder) for holder in missing]
        Purse.objects.bulk_create(fresh, ignore_conflicts=True)
        found |= _by_holder(missing)
    return found


# On the way of every label: said in SQL, it costs a quarter of what a queryset does.
BY_HOLDER = "SELECT holder, id FROM payments_purse WHERE holder = ANY(%s::text[])"


def _by_holder(holders: list[str]) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(BY_HOLDER, [holders])
        return dict(cursor.fetchall())


def find(holder: str) -> UUID | None:
    """The id of this holder's purse, or None while nothing has come in."""
    return Purse.objects.filter(holder=holder).values_list("pk", flat=True).first()


def find_all(holders: Collection[str]) -> dict[str, UUID]:
    """The same of many, by holder: of those that have one."""
    return _by_holder(sorted(holders))


def holder(purse_id: UUID) -> str:
    """Whose purse this is; raises NotFound."""
    found = Purse.objects.filter(pk=purse_id).values_list("holder", flat=True).first()
    if found is None:
        raise NotFound("There is no such purse.")
    return found


def owner(purse_id: UUID) -> str:
    """Whose it is in the end, such as `person:12`: of a project's its requester's. Raises NotFound.

    STIPEND_OWNER knows: the bank does not know projects.
    """
    return str(import_string(settings.STIPEND_OWNER)(holder(purse_id)))


def onchain(purse_id: UUID) -> str:
    """The purse's name on chain: 32 bytes, the id behind zeros."""
    return "0x" + purse_id.bytes.rjust(32, b"\0").hex()


def from_chain(name: str) -> UUID:
    """The id that a name on chain stands for; raises NotFound if it can be none of ours."""
    raw = bytes.fromhex(name.removeprefix("0x"))
    if len(raw) != 32 or any(raw[:16]):
        raise NotFound("%(name)s is no purse of ours.", name=name)
    return UUID(bytes=raw[16:])
