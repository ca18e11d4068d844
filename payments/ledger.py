"""The book: the only writer of entries, lines and balances.

Promises: an entry is written once for its key, sums to zero, and leaves no account but WORLD
below zero. The same key with other inputs is refused. Accounts are locked in the order of their
ids, after missing ones have been inserted; checks come behind the lock.

A posting is one call of `payments_post`, a function of PostgreSQL (migration 0012). A purse is
named by its id, or by its holder and opened if there was none. Outside of a transaction it is one:
no account stays locked while a program thinks or the disk writes, and all is on disk on return.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.transaction import atomic

from payments.errors import InsufficientFunds, KeyReused, Unbalanced
from payments.models import Account, Entry

Kind = Account.Kind
AccountKey = tuple[UUID, str]  # purse and kind
Move = tuple[UUID | str, str, int]  # purse or its holder, kind and units
CAUSE_CHARACTERS = 300  # kept of a cause


@dataclass(frozen=True, kw_only=True)
class Posting:
    """An entry to be written."""

    key: str
    kind: str
    moves: Sequence[Move]
    cause: str = ""


def post(key: str, kind: str, moves: Sequence[Move], *, cause: str = "") -> int:
    """The id of the entry of this key, written now or before. Raises as `post_all`."""
    return post_all([Posting(key=key, kind=kind, moves=moves, cause=cause)])[key]


GIVEN = """%s::text[], %s::text[], %s::text[],
    %s::int[], %s::uuid[], %s::text[], %s::text[], %s::bigint[]"""
POST = f"SELECT payments_post({GIVEN})"
POST_NOW = f"CALL payments_post_now({GIVEN}, NULL)"


def post_all(postings: Sequence[Posting]) -> dict[str, int]:
    """The ids of all these entries by key: written now or before, all or none.

    Raises KeyReused, InsufficientFunds, Unbalanced.
    """
    wanted = _once_each(postings)
    if not wanted:
        return {}
    statement = POST if connection.in_atomic_block else POST_NOW
    with _refusals(), connection.cursor() as cursor:
        cursor.execute(
            statement, [_array(column) for column in (*_entries(wanted), *_moves(wanted))]
        )
        (ids,) = cursor.fetchone()
    return {posting.key: entry_id for posting, entry_id in zip(wanted, ids, strict=True)}


def _once_each(postings: Sequence[Posting]) -> list[Posting]:
    """Each key once: one given twice with the same inputs is one entry."""
    wanted: dict[str, Posting] = {}
    for posting in postings:
        if sum(units for _, _, units in posting.moves) != 0:
            raise Unbalanced(key=posting.key)
        first = wanted.setdefault(posting.key, posting)
        if first is not posting and _inputs(first) != _inputs(posting):
            raise KeyReused(key=posting.key)
    return list(wanted.values())


def _inputs(posting: Posting) -> tuple[str, list[tuple[str, str, int]]]:
    moves = sorted((str(purse), str(kind), units) for purse, kind, units in posting.moves)
    return str(posting.kind), moves


def _entries(wanted: Sequence[Posting]) -> list[list[str]]:
    """The columns of the entries."""
    return [
        [posting.key for posting in wanted],
        [str(posting.kind) for posting in wanted],
        [posting.cause[:CAUSE_CHARACTERS] for posting in wanted],
    ]


def _moves(wanted: Sequence[Posting]) -> list[Sequence[Any]]:
    """The columns of what they move; the first says of which entry, counted from 1."""
    rows = [
        (number, *_named(purse), str(kind), units)
        for number, posting in enumerate(wanted, start=1)
        for purse, kind, units in posting.moves
    ]
    return list(zip(*rows, strict=True)) or [(), (), (), (), ()]


def _named(purse: UUID | str) -> tuple[UUID | None, str | None]:
    return (purse, None) if isinstance(purse, UUID) else (None, purse)


def _array(column: Sequence[Any]) -> str:
    """The column as PostgreSQL reads arrays: a list would cost the driver more than the call."""
    return "{" + ",".join(_element(one) for one in column) + "}"


def _element(one: Any) -> str:
    if one is None:
        return "NULL"
    return '"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextmanager
def _refusals() -> Iterator[None]:
    """What PostgreSQL refuses as our errors; whoever is in a transaction can go on with it."""
    try:
        with atomic() if connection.in_atomic_block else nullcontext():
            yield
    except DatabaseError as error:
        found = getattr(error.__cause__, "diag", None)
        if found is not None and found.sqlstate == "STKEY":
            raise KeyReused(key=found.message_detail) from None
        if found is not None and found.sqlstate == "STLOW":
            needed_units, there_units = found.message_detail.split()
            raise InsufficientFunds(
                needed_units=int(needed_units), available_units=int(there_units)
            ) from None
        raise


LOCK = "SELECT count(*) FROM payments_lock(%s::uuid[], %s::text[])"


def lock(accounts: Iterable[AccountKey]) -> None:
    """These accounts, there and locked to the end of the transaction, in the order of their ids."""
    wanted = list(accounts)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [[one for one, _ in wanted], [str(kind) for _, kind in wanted]])


def deposit(purse_id: UUID, *, key: str, amount_units: int) -> int:
    """Money from outside is in FUNDS: once it is confirmed on chain."""
    moves = [(purse_id, Kind.WORLD, -amount_units), (purse_id, Kind.FUNDS, amount_units)]
    return post(key, Entry.Kind.DEPOSIT, moves, cause="deposit")


def balances(purse_id: UUID) -> dict[str, int]:
    """The units in each account that the purse has, by kind."""
    return balances_of([purse_id])[purse_id]


def balances_of(purse_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """The same of many purses, in one statement."""
    found: dict[UUID, dict[str, int]] = {one: {} for one in purse_ids}
    accounts = Account.objects.filter(purse__in=purse_ids)
    for purse_id, kind, units in accounts.values_list("purse_id", "kind", "balance_units"):
        found[purse_id][kind] = units
    return found
