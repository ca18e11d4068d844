"""The book: the only writer of entries, lines and balances.

Promises: an entry is written once for its key, sums to zero, and leaves no account but WORLD
below zero. The same key with other inputs is refused. Accounts are locked in the order of their
ids, after missing ones have been inserted; checks come behind the lock.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
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


@atomic
def post_all(postings: Sequence[Posting]) -> dict[str, int]:
    """The ids of all these entries by key: written now or before, all or none.

    Raises KeyReused, InsufficientFunds, Unbalanced.
    """
    postings = _once_each(postings)
    fresh = _write_entries(postings)
    known = _check_written_before([one for one in postings if one.key not in fresh])
    moved = [(fresh[one.key], move) for one in postings if one.key in fresh for move in one.moves]
    if moved:
        _write_lines(moved)
    return {**known, **fresh}


def _once_each(postings: Sequence[Posting]) -> list[Posting]:
    """Each key once: a key given twice with the same inputs is one entry."""
    wanted: dict[str, Posting] = {}
    for posting in postings:
        if sum(units for _, _, units in posting.moves) != 0:
            raise Unbalanced(key=posting.key)
        if wanted.setdefault(posting.key, posting).fingerprint() != posting.fingerprint():
            raise KeyReused(key=posting.key)
    return list(wanted.values())


WRITE_ENTRIES = """
    INSERT INTO payments_entry (key, fingerprint, kind, cause, created_at)
    SELECT key, fingerprint, kind, cause, now()
    FROM unnest(%s::text[], %s::bytea[], %s::text[], %s::text[])
        AS fresh (key, fingerprint, kind, cause)
    ORDER BY key
    ON CONFLICT (key) DO NOTHING
    RETURNING key, id
"""


def _write_entries(postings: Sequence[Posting]) -> dict[str, int]:
    columns: list[Any] = [
        [one.key for one in postings],
        [one.fingerprint() for one in postings],
        [str(one.kind) for one in postings],
        [one.cause[:300] for one in postings],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_ENTRIES, columns)
        return dict(cursor.fetchall())


def _check_written_before(postings: Sequence[Posting]) -> dict[str, int]:
    if not postings:
        return {}
    found = Entry.objects.filter(key__in=[one.key for one in postings])
    written = {entry.key: entry for entry in found}
    for posting in postings:
        if bytes(written[posting.key].fingerprint) != posting.fingerprint():
            raise KeyReused(key=posting.key)
    return {key: entry.pk for key, entry in written.items()}


INSERT_ACCOUNTS = """
    INSERT INTO payments_account (purse_id, kind, balance_units)
    SELECT purse_id, kind, 0 FROM unnest(%s::uuid[], %s::text[]) AS wanted (purse_id, kind)
    WHERE NOT EXISTS (
        SELECT FROM payments_account AS there
        WHERE there.purse_id = wanted.purse_id AND there.kind = wanted.kind)
    ORDER BY purse_id, kind
    ON CONFLICT (purse_id, kind) DO NOTHING
"""
LOCK_ACCOUNTS = """
    SELECT account.id, account.purse_id, account.kind, account.balance_units
    FROM payments_account AS account
    JOIN unnest(%s::uuid[], %s::text[]) AS wanted (purse_id, kind)
        ON account.purse_id = wanted.purse_id AND account.kind = wanted.kind
    ORDER BY account.id
    FOR NO KEY UPDATE OF account
"""
# The balances move by the sums of the very lines that are written.
WRITE_LINES = """
    WITH written AS (
        INSERT INTO payments_line (entry_id, account_id, amount_units)
        SELECT entry_id, account_id, units
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS fresh (entry_id, account_id, units)
        RETURNING account_id, amount_units
    ), change AS (
        SELECT account_id, sum(amount_units)::bigint AS units FROM written GROUP BY account_id
    )
    UPDATE payments_account AS account SET balance_units = account.balance_units + change.units
    FROM change WHERE account.id = change.account_id
"""


def _write_lines(moved: list[tuple[int, Move]]) -> None:
    changes: dict[AccountKey, int] = defaultdict(int)
    for _, (purse_id, kind, units) in moved:
        changes[purse_id, str(kind)] += units
    account_ids = _locked_accounts(changes)
    lines = [
        (entry_id, account_ids[purse_id, str(kind)], units)
        for entry_id, (purse_id, kind, units) in moved
        if units
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_LINES, [list(column) for column in zip(*lines, strict=True)])


def lock(accounts: Iterable[AccountKey]) -> None:
    """These accounts, there and locked to the end of the transaction, in the order of their ids."""
    _locked_accounts({(purse_id, str(kind)): 0 for purse_id, kind in accounts})


def _locked_accounts(changes: dict[AccountKey, int]) -> dict[AccountKey, int]:
    """The ids of these accounts, there and locked; raises InsufficientFunds."""
    wanted: list[Any] = [[purse_id for purse_id, _ in changes], [kind for _, kind in changes]]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ACCOUNTS, wanted)
        cursor.execute(LOCK_ACCOUNTS, wanted)
        rows = cursor.fetchall()
    account_ids = {}
    for account_id, purse_id, kind, balance_units in rows:
        after_units = balance_units + changes[purse_id, kind]
        if after_units < 0 and changes[purse_id, kind] < 0 and kind != Kind.WORLD:
            raise InsufficientFunds(
                needed_units=-changes[purse_id, kind], available_units=balance_units
            )
        account_ids[purse_id, kind] = account_id
    return account_ids


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
