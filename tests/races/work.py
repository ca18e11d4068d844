"""Two labelers or requesters at once, held up at the same row until both have arrived."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic
from typing import Any

import psycopg
from django.db import connection

from tests.races.money import JOIN_SECONDS, at_once

WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def behind(statement: str, *calls: Callable[[], Any]) -> list[Any]:
    """The ends of these calls, let go when all of them wait for what `statement` locks."""
    ends: list[Any] = []
    racing = Thread(target=lambda: ends.extend(at_once(*calls)), daemon=True)
    with guard() as gate:
        gate.execute(statement)
        racing.start()
        until_waiting(len(calls))
    racing.join(JOIN_SECONDS)
    return ends


def in_turn(statement: str, *calls: Callable[[], Any]) -> list[Any]:
    """As `behind`; each call begins when those before it wait."""
    ends: list[Any] = [None] * len(calls)
    with guard() as gate:
        gate.execute(statement)
        racing = [
            Thread(target=_run, args=[ends, position, call], daemon=True)
            for position, call in enumerate(calls)
        ]
        for count, one in enumerate(racing, start=1):
            one.start()
            until_waiting(count)
    for one in racing:
        one.join(JOIN_SECONDS)
    return ends


def _run(ends: list[Any], position: int, call: Callable[[], Any]) -> None:
    (ends[position],) = at_once(call)


def until_waiting(count: int) -> None:
    """Returns when so many connections wait for a lock."""
    deadline = monotonic() + JOIN_SECONDS
    while _waiting() < count:
        assert monotonic() < deadline, "They never met."


@contextmanager
def guard() -> Iterator[psycopg.Connection[Any]]:
    """A connection that lets go of its locks at the end."""
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "host", "port", "password")
    with psycopg.connect(
        **{name: parameters[name] for name in names if parameters.get(name)}
    ) as gate:
        yield gate


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """A unique index is gone; what that let in is thrown away with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE labeling_assignment CASCADE")
            cursor.execute(definition)
