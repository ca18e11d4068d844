"""Reconcile: proves the book against itself, against the workshop, and against the chain.

All of it is read in one snapshot of the database. What is on the chain is given by the caller, as
of a block up to which all of the vault's events have been read.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Sum
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from payments import deposits, money
from payments.models import Account, Batch, ChainEvent, ChainTx, Entry, Owed, Payout, Wallet
from payments.models.chain import ChainEventQuerySet

State = Payout.State
PROBLEMS_LIMIT = 50  # sentences per proof
LEAVES = ("balances", "labels")


@dataclass(frozen=True)
class Holding:
    """What the vault held as of a block; every event up to it has been read."""

    units: int
    block_number: int


@dataclass
class Report:
    """What was proved. `problems` are sentences; `figures` are for people, `facts` for monitors."""

    problems: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    holding: Holding | None = None

    @property
    def ok(self) -> bool:
        return not self.problems


def run(holding: Holding | None = None) -> Report:
    """The book proved; with what the vault holds also against the chain."""
    report = Report(holding=holding)
    proofs: list[Callable[[], list[str]]] = [
        prove_entries,
        prove_balances,
        prove_payouts,
        prove_leaving,
        prove_ends,
        prove_places,
        *(import_string(path) for path in settings.RECONCILE_PROOFS),
    ]
    for proof in proofs:
        report.problems += proof()[:PROBLEMS_LIMIT]
    unknown_count, unknown_units = deposits.unknown()
    report.facts = facts() | {"unknown_deposits_count": unknown_count}
    report.figures = {
        "entries": Entry.objects.count(),
        "in_house": money.format(report.facts["in_house_units"]),
        "payouts_paid": report.facts[State.PAID],
        "unknown_deposits": unknown_count,
        "unknown_deposits_sum": money.format(unknown_units),
    }
    if holding is not None:
        prove_holding(report, holding)
    return report


def facts() -> dict[str, Any]:
    """What monitors ask for and only a walk through the book can tell."""
    sums = Account.objects.order_by().values_list("kind").annotate(sum=Sum("balance_units"))
    ended = Payout.objects.filter(state__in=[State.PAID, State.RETURNED])
    counts = dict(ended.order_by().values_list("state").annotate(count=Count("pk")))
    return {
        "balance_units": {kind: int(units) for kind, units in sums},
        "in_house_units": in_house_units(),
        "wallets_on_hold": Wallet.objects.named().filter(usable_from__gt=Now()).count(),
        str(State.PAID): counts.get(State.PAID, 0),
        str(State.RETURNED): counts.get(State.RETURNED, 0),
    }


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def prove_entries() -> list[str]:
    """A sentence for each entry that does not sum to zero or has fewer than two lines."""
    rows = _rows("""
        SELECT entry.key, COALESCE(sum(line.amount_units), 0), count(line.id)
        FROM payments_entry AS entry LEFT JOIN payments_line AS line ON line.entry_id = entry.id
        GROUP BY entry.id
        HAVING COALESCE(sum(line.amount_units), 0) <> 0 OR count(line.id) < 2
    """)
    return [f"Entry {key} has {count} lines that sum to {units}." for key, units, count in rows]


def prove_balances() -> list[str]:
    """A sentence for each account whose sums are not those of its lines."""
    rows = _rows("""
        SELECT account.id, account.balance_units, COALESCE(sum(line.amount_units), 0),
            account.came_units, COALESCE(sum(line.amount_units)
                FILTER (WHERE line.up_to_units IS NOT NULL), 0)
        FROM payments_account AS account
        LEFT JOIN payments_line AS line ON line.account_id = account.id
        GROUP BY account.id
        HAVING account.balance_units <> COALESCE(sum(line.amount_units), 0)
            OR account.came_units <> COALESCE(sum(line.amount_units)
                FILTER (WHERE line.up_to_units IS NOT NULL), 0)
    """)
    return [_off(*row) for row in rows]


def _off(pk: int, units: int, lines: int, came: int, lines_came: int) -> str:
    if units != lines:
        return f"Account {pk} says {units}, its lines {lines}."
    return f"Account {pk} says that {came} were earned, its lines {lines_came}."


def prove_payouts() -> list[str]:
    """A sentence for each payout whose entries are not those of its state."""
    rows = _rows("""
        SELECT payout.id, payout.state,
            count(*) FILTER (WHERE entry.kind = 'payout'),
            count(*) FILTER (WHERE entry.kind = 'settle'),
            count(*) FILTER (WHERE entry.kind = 'return')
        FROM payments_payout AS payout LEFT JOIN payments_entry AS entry ON entry.key IN (
            'payout:' || payout.id, 'settle:' || payout.id, 'return:' || payout.id)
        GROUP BY payout.id
        HAVING count(*) FILTER (WHERE entry.kind = 'payout') <> 1
            OR (count(*) FILTER (WHERE entry.kind = 'settle') = 1) <> (payout.state = 'PAID')
            OR (count(*) FILTER (WHERE entry.kind = 'return') = 1) <> (payout.state = 'RETURNED')
    """)
    return [f"Payout {row[0]} is {row[1]}, its entries say otherwise." for row in rows]


def prove_leaving() -> list[str]:
    """A sentence for each purse whose LEAVING is not the sum of its payouts under way."""
    rows = _rows("""
        SELECT account.purse_id, account.balance_units, COALESCE(sum(payout.amount_units), 0)
        FROM payments_account AS account
        LEFT JOIN payments_payout AS payout
            ON payout.purse_id = account.purse_id AND payout.state IN ('REQUESTED', 'BATCHED')
        WHERE account.kind = 'LEAVING'
        GROUP BY account.id
        HAVING account.balance_units <> COALESCE(sum(payout.amount_units), 0)
    """)
    return [f"Purse {pk}: {units} units leave, its payouts are {due}." for pk, units, due in rows]


def prove_ends() -> list[str]:
    """A sentence for each payout that its batch, which has ended, left behind."""
    rows = _rows("""
        SELECT payout.id, batch.number
        FROM payments_payout AS payout JOIN payments_batch AS batch ON batch.id = payout.batch_id
        WHERE payout.state = 'BATCHED' AND batch.settled_at IS NOT NULL
    """)
    return [f"Payout {pk} is BATCHED, and batch {number} has ended." for pk, number in rows]


def prove_places() -> list[str]:
    """A sentence for each purse whose paid earnings do not lie end to end."""
    rows = _rows("""
        SELECT purse_id, max(up_to_units), sum(amount_units) FROM (
            SELECT purse_id, up_to_units, amount_units
            FROM payments_payout WHERE state = 'PAID' AND source = 'EARNED'
            UNION ALL
            SELECT purse_id, up_to_units, amount_units FROM payments_exit
        ) AS gone GROUP BY purse_id
        HAVING max(up_to_units) IS DISTINCT FROM sum(amount_units) OR count(up_to_units) < count(*)
    """)
    return [
        f"Purse {pk} was paid up to {reached}, its payouts and exits {units}."
        for pk, reached, units in rows
    ]


def in_house_units() -> int:
    """What the vault owes by the book: all that came in and has not left."""
    world = Account.objects.filter(kind=Account.Kind.WORLD).aggregate(sum=Sum("balance_units"))
    return -(world["sum"] or 0)


def prove_holding(report: Report, holding: Holding) -> None:
    """The vault's balance is the book's, give or take what one of them has not heard of yet.

    More than that is a gift (anybody can send the vault a token); less is a problem.
    """
    block_number = holding.block_number
    events = ChainEvent.objects.told().filter(block_number__lte=block_number)
    arriving = events.unsettled().filter(name="Deposited")
    leaving = events.unsettled().filter(name="Exited")
    expected_units = in_house_units() + sum(int(one.payload["amount"]) for one in arriving)
    expected_units -= sum(int(one.payload["amount"]) for one in leaving)
    paid = {_number(one): one for one in events.filter(name="BatchPaid")}
    batches = {batch.number: batch for batch in Batch.objects.select_related("chain_tx")}
    for batch_id, event in paid.items():
        batch = batches.get(batch_id)
        if batch is None or batch.settled_at is None:
            expected_units -= int(event.payload["total"])
        if batch is None:
            report.problems.append(f"The vault paid a batch {batch_id} that is none of ours.")
    report.problems += _batches_off(batches, paid, block_number)
    report.problems += _roots_off(events, holding)
    surplus_units = holding.units - expected_units
    report.figures["in_vault"] = money.format(holding.units)
    report.figures["surplus"] = money.format(surplus_units)
    report.facts["surplus_units"] = surplus_units
    if surplus_units < 0:
        short = money.format(-surplus_units)
        report.problems.append(f"The vault holds {short} less than the book says is there.")
    if surplus_units < deposits.unknown()[1]:  # the surplus is to go back to its senders
        report.problems += _taken_back()


def _taken_back() -> list[str]:
    """A sentence for each deposit whose money is in the book, and on the chain no more."""
    found = deposits.taken_back()[:PROBLEMS_LIMIT]
    return [
        f"A deposit of {money.format(units)} is in the book, and the chain has taken it back: {tx}."
        for tx, units in found
    ]


def _roots_off(events: ChainEventQuerySet, holding: Holding) -> list[str]:
    """The vault keeps the roots that we keep, and holds what may be taken out by the last one."""
    kept = {one.batch.number: one for one in Owed.objects.select_related("batch").defer(*LEAVES)}
    paid = list(events.filter(name="BatchPaid").order_by("block_number", "log_index"))
    problems = []
    for event in paid:
        owed = kept.get(_number(event))
        if owed and owed.balances_root != event.payload["balances_root"]:
            problems.append(f"Batch {_number(event)} has another root on chain than in the book.")
    last = kept.get(_number(paid[-1])) if paid else None
    if last is None:
        return problems
    exits = events.exits().filter(payload__balances_root=last.balances_root)
    units = last.total_units - sum(int(one.payload["amount"]) for one in exits)
    if units > holding.units:
        problems.append(
            f"By the root of batch {last.batch.number} {money.format(units)} may be taken out, "
            f"and the vault holds {money.format(holding.units)}."
        )
    return problems


def _number(event: ChainEvent) -> int:
    return int(event.payload["batch_id"])


def _batches_off(
    batches: dict[int, Batch], paid: dict[int, ChainEvent], block_number: int
) -> list[str]:
    """Each settled batch was paid on chain to whom the book says, and no other was paid."""
    skipped = _skipped_positions(block_number)
    payouts: dict[int, list[Payout]] = defaultdict(list)
    booked = Payout.objects.exclude(batch=None).annotate(number=F("batch__number"))
    for payout in booked.order_by("number", "position"):
        payouts[payout.number].append(payout)
    problems = []
    for batch_id, batch in batches.items():
        if batch.settled_at is None or (batch.chain_tx.block_number or 0) > block_number:
            continue
        event, listed = paid.get(batch_id), payouts[batch_id]
        was_paid = batch.chain_tx.state == ChainTx.State.CONFIRMED
        booked_units = sum(one.amount_units for one in listed if one.state == State.PAID)
        total_units = int(event.payload["total"]) if event else 0
        if was_paid != (event is not None) or total_units != booked_units:
            problems.append(
                f"Batch {batch_id} paid {money.format(total_units)} on chain, "
                f"{money.format(booked_units)} by the book."
            )
        left_out = {one.position for one in listed if one.state == State.RETURNED}
        if was_paid and left_out != skipped[batch_id]:
            problems.append(f"Batch {batch_id} skipped others on chain than by the book.")
    return problems


def _skipped_positions(block_number: int) -> dict[int, set[int]]:
    """Whom the vault reported as not paid, by batch."""
    skipped: dict[int, set[int]] = defaultdict(set)
    reports = ChainEvent.objects.filter(name="PayeeSkipped", block_number__lte=block_number)
    for event in reports:
        skipped[_number(event)].add(int(event.payload["index"]))
    return skipped
