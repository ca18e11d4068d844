"""Purses: who owns which, and what a purse is called on chain."""

from uuid import UUID

from payments.errors import NotFound
from payments.models import Purse


def open(holder: str) -> UUID:
    """The id of this holder's purse, opened now if there was none."""
    purse, _ = Purse.objects.get_or_create(holder=holder)
    return purse.pk


def find(holder: str) -> UUID | None:
    """The id of this holder's purse, or None while nothing has come in."""
    return Purse.objects.filter(holder=holder).values_list("pk", flat=True).first()


def onchain(purse_id: UUID) -> str:
    """The purse's name on chain: 32 bytes, the id behind zeros."""
    return "0x" + purse_id.bytes.rjust(32, b"\0").hex()


def from_chain(name: str) -> UUID:
    """The id that a name on chain stands for; raises NotFound if it can be none of ours."""
    raw = bytes.fromhex(name.removeprefix("0x"))
    if len(raw) != 32 or any(raw[:16]):
        raise NotFound(f"{name} is no purse of ours.")
    return UUID(bytes=raw[16:])
