"""Statements: what came in, what went out, and which transfer on chain paid what.

A purse's earnings leave in the order they came: the n-th dollar paid out is the n-th earned.
So a release, or a bonus, was paid by the payout in whose span of dollars its own last one lies, or
by the exit from the vault that took them. Only what is settled counts, in the order of the book: an
answer once given never changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum

from payments import explorer
from payments.models import Account, Entry, Line, Payout
from payments.pages import Rows

Kind = Account.Kind
OF_PERSON = (Kind.EARNED,)
OF_PROJECT = (Kind.FUNDS, Kind.HELD)
LINES = 1000  # read at a time, of a whole statement
EARNING = (Entry.Kind.RELEASE, Entry.Kind.BONUS)

# Two look-ups a key, however long the history: every dollar's place is written with it. The walls
# (MATERIALIZED, OFFSET 0) keep PostgreSQL from reading all lines first where statistics are old.
PAID_BY = """
    WITH entry AS MATERIALIZED (
        SELECT id, key FROM payments_entry WHERE key = ANY(%s)
    )
    SELECT entry.key, entry.id, (
        SELECT gone.tx_hash FROM (
            (SELECT payout.up_to_units, payout.tx_hash FROM payments_payout AS payout
            WHERE payout.up_to_units >= line.up_to_units AND payout.purse_id = line.purse_id
            ORDER BY payout.up_to_units LIMIT 1)
            UNION ALL
            (SELECT taken.up_to_units, taken.tx_hash FROM payments_exit AS taken
            WHERE taken.up_to_units >= line.up_to_units AND taken.purse_id = line.purse_id
            ORDER BY taken.up_to_units LIMIT 1)
        ) AS gone ORDER BY gone.up_to_units LIMIT 1)
    FROM entry CROSS JOIN LATERAL (
        SELECT up_to_units,
            (SELECT purse_id FROM payments_account WHERE id = account_id) AS purse_id
        FROM payments_line WHERE entry_id = entry.id OFFSET 0
    ) AS line
    WHERE line.up_to_units IS NOT NULL
"""


def payments_of(keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each of these keys of releases and bonuses that was posted, its entry, and the tx
    that paid it with its page in the explorer, if any."""
    with connection.cursor() as cursor:
        cursor.execute(PAID_BY, [list(keys)])
        return {
            key: {
                "entry": entry_id,
                "tx_hash": tx_hash or None,
                "explorer_url": explorer.tx_url(tx_hash),
            }
            for key, entry_id, tx_hash in cursor.fetchall()
        }


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a statement. Units are negative when they left the account."""

    id: int
    at: datetime
    account: str
    kind: str
    amount_units: int
    cause: str
    tx_hash: str | None

    @property
    def explorer_url(self) -> str | None:
        """Where a person can look at the tx."""
        return explorer.tx_url(self.tx_hash)

    @property
    def links(self) -> dict[str, str]:
        """Where a person can look at each wallet that the cause names."""
        return explorer.links(self.cause)


def of_purse(
    purse_id: UUID | None, kinds: Sequence[str] = OF_PERSON, *, until_id: int | None = None
) -> Rows[Row]:
    """What changed these accounts of a purse, newest first; no line younger than `until_id`."""
    found = lines(purse_id, kinds)
    return Rows(found if until_id is None else found.filter(pk__lte=until_id), rows)


def lines(purse_id: UUID | None, kinds: Sequence[str] = OF_PERSON) -> QuerySet[Line]:
    """The same as lines of the book, to be read by `rows`."""
    found = Line.objects.filter(account__purse=purse_id, account__kind__in=kinds)
    return found.select_related("entry", "account").order_by("-id")


def whole(purse_id: UUID | None, kinds: Sequence[str] = OF_PERSON) -> Iterator[Row]:
    """Every line from the first one on, some at a time."""
    last_id = 0
    while found := list(lines(purse_id, kinds).filter(pk__gt=last_id).order_by("pk")[:LINES]):
        yield from rows(found)
        last_id = found[-1].pk


def rows(found: Sequence[Line]) -> list[Row]:
    """These lines with the chain tx that paid them or carried them in or out, if there is one."""
    hashes = _hashes([line.entry for line in found])
    return [
        Row(
            id=line.pk,
            at=line.entry.created_at,
            account=line.account.kind,
            kind=line.entry.kind,
            amount_units=line.amount_units,
            cause=line.entry.cause,
            tx_hash=hashes.get(line.entry.key),
        )
        for line in found
    ]


def _hashes(entries: Sequence[Entry]) -> dict[str, str | None]:
    """The chain tx of each entry that has one, by the entry's key."""
    earning = [one.key for one in entries if one.kind in EARNING]
    paid = payments_of(earning) if earning else {}
    found = {key: payment["tx_hash"] for key, payment in paid.items()}
    payout_keys = [one.key for one in entries if one.kind == Entry.Kind.PAYOUT]
    ids = [key.removeprefix("payout:") for key in payout_keys]
    for payout in Payout.objects.filter(pk__in=ids, state=Payout.State.PAID):
        found[f"payout:{payout.pk}"] = payout.tx_hash
    for one in entries:
        if one.key.startswith(("deposit:0x", "exit:0x")):  # what the chain reported names its tx
            found[one.key] = one.key.split(":")[1]
    return found


@dataclass(frozen=True)
class Month:
    """What a month changed: units and how many entries, by account and kind of entry."""

    first: date
    sums: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def units(self, account: str, *kinds: str) -> int:
        """The sum of these kinds, of all if none is named."""
        found = self.sums.items()
        return sum(
            units
            for (of_account, kind), (units, _) in found
            if of_account == account and (not kinds or kind in kinds)
        )


MONTHS = """
    SELECT date_trunc('month', entry.created_at AT TIME ZONE 'UTC')::date AS month,
        account.kind, entry.kind, sum(line.amount_units)::bigint, count(*)
    FROM payments_line AS line
    JOIN payments_account AS account ON account.id = line.account_id
    JOIN payments_entry AS entry ON entry.id = line.entry_id
    WHERE account.purse_id = %s AND account.kind = ANY(%s)
    GROUP BY month, account.kind, entry.kind
    ORDER BY month DESC, account.kind, entry.kind
"""


def months(purse_id: UUID | None, kinds: Sequence[str] = OF_PERSON) -> list[Month]:
    """A purse's months (UTC) in which something changed, newest first."""
    found: dict[date, Month] = {}
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, [purse_id, [str(kind) for kind in kinds]])
        for first, account, kind, units, count in cursor.fetchall():
            month = found.setdefault(first, Month(first))
            month.sums[account, kind] = (units, count)
    return list(found.values())


def totals(purse_id: UUID | None) -> dict[str, int]:
    """Units by what they are to a person: earned (to be taken out), staked, leaving, paid, funds.

    What ever came in is one of them, or was lost in an appeal; `paid` is also what they took out
    of the vault themselves.
    """
    accounts = dict(Account.objects.filter(purse=purse_id).values_list("kind", "balance_units"))
    return {
        "earned": accounts.get("EARNED", 0),
        "staked": accounts.get("HELD", 0),
        "leaving": accounts.get("LEAVING", 0),
        "paid": _paid_units(purse_id),
        "funds": accounts.get("FUNDS", 0),
    }


def _paid_units(purse_id: UUID | None) -> int:
    paid = Payout.objects.filter(purse=purse_id, state=Payout.State.PAID)
    out = Line.objects.filter(account__purse=purse_id, account__kind=Kind.WORLD)
    exits = out.filter(entry__kind=Entry.Kind.EXIT)
    return sum(found.aggregate(sum=Sum("amount_units"))["sum"] or 0 for found in (paid, exits))
