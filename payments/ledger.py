"""The book: the only writer of entries, lines and balances.

Promises: an entry is written once for its key, sums to zero, and leaves no account but WORLD
below zero. The same key with other inputs is refused. Accounts are locked in the order of their
ids, after missing ones have been inserted; checks come behind the lock.

A posting is one call of `payments_post`, a function of PostgreSQL (migration 0009): outside of a
transaction it is one, and no account stays locked while a program thinks.
"""

import hashlib
import json
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
Move = tuple[UUID, str, int]  # purse, kind and units


@dataclass(frozen=True, kw_only=True)
class Posting:
    """An entry to be written."""

    key: str
    kind: str
    moves: Sequence[Move]
    cause: str = ""

    def fingerprint(self) -> bytes:
        """A digest of the inputs; the cause is a text for people and no part of it."""
        moves = sorted([str(purse), kind, units] for purse, kind, units in self.moves)
        return hashlib.sha256(json.dumps([self.kind, moves]).encode()).digest()


def post(key: str, kind: str, moves: Sequence[Move], *, cause: str = "") -> int:
    """The id of the entry of this key, written now or before. Raises as `post_all`."""
    return post_all([Posting(key=key, kind=kind, moves=moves, cause=cause)])[key]


POST = """
    SELECT payments_post(%s::text[], %s::bytea[], %s::text[], %s::text[],
        %s::int[], %s::uuid[], %s::text[], %s::bigint[])
"""


def post_all(postings: Sequence[Posting]) -> dict[str, int]:
    """The ids of all these entries by key: written now or before, all or none.

    Raises KeyReused, InsufficientFunds, Unbalanced.
    """
    wanted = _once_each(postings)
    if not wanted:
        return {}
    with _refusals(), connection.cursor() as cursor:
        cursor.execute(POST, [*_entries(wanted), *_moves([one for one, _ in wanted])])
        (ids,) = cursor.fetchone()
    return {posting.key: entry_id for (posting, _), entry_id in zip(wanted, ids, strict=True)}


def _once_each(postings: Sequence[Posting]) -> list[tuple[Posting, bytes]]:
    """Each key once, with its fingerprint: a key given twice with the same inputs is one entry."""
    wanted: dict[str, tuple[Posting, bytes]] = {}
    for posting in postings:
        if sum(units for _, _, units in posting.moves) != 0:
            raise Unbalanced(key=posting.key)
        fingerprint = posting.fingerprint()
        if wanted.setdefault(posting.key, (posting, fingerprint))[1] != fingerprint:
            raise KeyReused(key=posting.key)
    return list(wanted.values())


def _entries(wanted: Sequence[tuple[Posting, bytes]]) -> list[list[Any]]:
    """The columns of the entries."""
    return [
        [posting.key for posting, _ in wanted],
        [fingerprint for _, fingerprint in wanted],
        [str(posting.kind) for posting, _ in wanted],
        [posting.cause[:300] for posting, _ in wanted],
    ]


def _moves(postings: Sequence[Posting]) -> list[list[Any]]:
    """The columns of what they move; the first says of which entry, counted from 1."""
    rows = [
        (number, purse_id, str(kind), units)
        for number, posting in enumerate(postings, start=1)
        for purse_id, kind, units in posting.moves
    ]
    return [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]


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
