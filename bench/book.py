"""How fast the book is written, and how fast it is proved: `bench book`.

32 callers at once release money, each in transactions of its own: one release a transaction, and
as many as quality control decides in one; from the purse of one project, whose lines all wait for
the same account, and from many. Then the book is filled up and reconciled.
"""

import json
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from multiprocessing.synchronize import Barrier
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection, connections

from bench import purse
from payments import escrow, jobs, ledger
from payments.models import Account, Entry, Line

Kind = Account.Kind

CALLERS = 32
PROCESSES = 2
DECIDED = 50  # answers that quality control accepts in one transaction
PRICE_UNITS, FEE_UNITS = 50_000, 2_500
COST_UNITS = PRICE_UNITS + FEE_UNITS
FUNDS_UNITS = 10**13  # of each purse: ten million
PAYEES = 200  # of one project
FILL_RELEASES = 1_000  # a transaction
LINES_OF_A_RELEASE = 3
READY_SECONDS = 60


@dataclass(frozen=True)
class Run:
    """So many releases a transaction, from one purse or from many."""

    name: str
    size: int
    purses: Sequence[UUID]


@dataclass(frozen=True)
class Stint:
    """What one caller released, and from when to when by the machine's clock."""

    written: int
    started_at: float
    ended_at: float


_gates: list[Barrier] = []  # in a process: where all callers wait for all


def measure(*, seconds: float, lines: int) -> dict[str, Any]:
    """Prints the figures for a person, then as the last line one JSON object, and returns it."""
    purses = _filled(f"bench:{os.getpid()}")
    runs = [
        Run(f"{word}_{where}", size, there)
        for word, size in (("single", 1), ("decided", DECIDED))
        for where, there in (("one_project", purses[:1]), ("many_projects", purses))
    ]
    rates = {run.name: round(_rate(run, seconds), 1) for run in runs}
    for name, rate in rates.items():
        print(f"{CALLERS} callers, {name.replace('_', ' ')}: {rate:,.0f} entries/s")
    _fill(purses[0], lines)
    proof = _proved()
    print(f"{proof['lines']:,} lines reconciled in {proof['reconcile_s']} s: clean")
    body = {"callers": CALLERS, "seconds": seconds, "entries_per_s": rates, **proof}
    print(json.dumps(body))
    return body


def _filled(name: str) -> list[UUID]:
    """As many purses as callers, each of which holds enough for all that is released from it."""
    first = purse.filled(name, units=FUNDS_UNITS * CALLERS)
    others = [escrow.open_purse(f"{name}:{number}") for number in range(1, CALLERS)]
    for other in others:
        moves = [(first, Kind.FUNDS, -FUNDS_UNITS), (other, Kind.FUNDS, FUNDS_UNITS)]
        ledger.post(f"bench:{other}", Entry.Kind.CORRECTION, moves, cause="bench")
    for one in (first, *others):
        escrow.hold(one, key=f"hold:{one}", amount_units=FUNDS_UNITS)
    return [first, *others]


def _rate(run: Run, seconds: float) -> float:
    """Entries a second that all callers together have committed, once all are connected."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    share = CALLERS // PROCESSES
    starts = [(run, number * share, share, seconds) for number in range(PROCESSES)]
    with context.Pool(PROCESSES, _gates.append, [context.Barrier(CALLERS)]) as pool:
        stints = list(chain.from_iterable(pool.starmap(_callers, starts)))
    lasted = max(one.ended_at for one in stints) - min(one.started_at for one in stints)
    return sum(one.written for one in stints) / lasted


def _callers(run: Run, first: int, callers: int, seconds: float) -> list[Stint]:
    """In a process: so many callers, each on a connection of its own."""
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(partial(_caller, run, seconds), range(first, first + callers)))


def _caller(run: Run, seconds: float, number: int) -> Stint:
    purse_id = run.purses[number % len(run.purses)]
    written, started_at = 0, 0.0
    for turn in count():
        name = f"{run.name}:{os.getpid()}:{number}:{turn}"
        escrow.release_all(purse_id, _releases(name, run.size))
        if turn == 0:  # connected, and the statements are planned
            _gates[-1].wait(READY_SECONDS)
            started_at = perf_counter()
            continue
        written += run.size
        if perf_counter() - started_at > seconds:
            break
    connection.close()
    return Stint(written, started_at, perf_counter())


def _releases(name: str, size: int) -> list[escrow.Release]:
    seed = hash(name)
    return [
        escrow.Release(
            key=f"release:{name}:{number}",
            payee=f"bench:payee:{(seed + number) % PAYEES}",
            amount_units=PRICE_UNITS,
            fee_units=FEE_UNITS,
            cause="bench",
        )
        for number in range(size)
    ]


def _fill(purse_id: UUID, lines: int) -> None:
    """The book has at least so many lines."""
    missing = lines - Line.objects.count()
    for turn in range(0, missing, FILL_RELEASES * LINES_OF_A_RELEASE):
        escrow.release_all(purse_id, _releases(f"fill:{turn}", FILL_RELEASES))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_line, payments_entry, payments_account")


def _proved() -> dict[str, Any]:
    started_at = perf_counter()
    report = jobs.prove()
    seconds = perf_counter() - started_at
    if not report.ok:
        raise RuntimeError(f"The book does not reconcile: {report.problems[:3]}")
    return {"lines": Line.objects.count(), "reconcile_s": round(seconds, 2)}
