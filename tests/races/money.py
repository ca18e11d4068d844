"""Two at once, each with a connection of their own, made to meet where it hurts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError, Event, Thread
from time import monotonic
from typing import Any

from django.db import connection, connections

PATIENCE_SECONDS = 1.0  # a lock that works keeps the second one away from the meeting
JOIN_SECONDS = 30


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned or raised, all of them let go together."""
    ends: list[Any] = [None] * len(calls)
    start = Barrier(len(calls))

    def run(position: int) -> None:
        try:
            start.wait(JOIN_SECONDS)
            ends[position] = calls[position]()
        except Exception as error:
            ends[position] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[position], daemon=True) for position in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(JOIN_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "The race never ended."
    return ends


def meeting(parties: int = 2) -> Callable[[], None]:
    """A place where all wait for all; whoever is alone for too long goes on."""
    barrier = Barrier(parties)

    def wait() -> None:
        try:
            barrier.wait(PATIENCE_SECONDS)
        except BrokenBarrierError:
            return

    return wait


def meet_before(monkeypatch: Any, room: Any, name: str) -> None:
    """Both meet where they are about to call this function of a room."""
    wait, original = meeting(), getattr(room, name)

    def late(*arguments: Any, **options: Any) -> Any:
        wait()
        return original(*arguments, **options)

    monkeypatch.setattr(room, name, late)


def meet_after(monkeypatch: Any, room: Any, name: str) -> None:
    """Both meet where they have just called this function of a room."""
    wait, original = meeting(), getattr(room, name)

    def early(*arguments: Any, **options: Any) -> Any:
        result = original(*arguments, **options)
        wait()
        return result

    monkeypatch.setattr(room, name, early)


@contextmanager
def rewritten(function: str, *changes: tuple[str, str]) -> Iterator[None]:
    """A function of PostgreSQL with other words in it, for as long as this lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [function])
        (written,) = cursor.fetchone()
        other = written
        for old, new in changes:
            assert old in other, f"{function} does not say: {old}"
            other = other.replace(old, new)
        cursor.execute(other)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(written)


DOOR = 7_399  # an advisory lock: who comes to the meeting waits until it is open
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


@contextmanager
def meeting_in(function: str, before: str, *changes: tuple[str, str]) -> Iterator[None]:
    """All meet in a function of PostgreSQL, where they come to this text; as `meeting`."""
    door = f"PERFORM pg_advisory_xact_lock_shared({DOOR}); {before}"
    closed, ended = Event(), Event()
    with rewritten(function, *changes, (before, door)):
        doorman = Thread(target=_open_when_two_wait, args=[closed, ended], daemon=True)
        doorman.start()
        closed.wait(JOIN_SECONDS)
        try:
            yield
        finally:
            ended.set()
            doorman.join(JOIN_SECONDS)


def _open_when_two_wait(closed: Event, ended: Event) -> None:
    until = None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [DOOR])
        closed.set()
        while not ended.wait(0.01):
            cursor.execute(WAITING, [DOOR])
            (count,) = cursor.fetchone()
            until = until or (monotonic() + PATIENCE_SECONDS if count else None)
            if count >= 2 or (until and monotonic() > until):
                break
        cursor.execute("SELECT pg_advisory_unlock(%s)", [DOOR])
    connections.close_all()


BOOK = (
    "payments_line, payments_exit, payments_entry, payments_approval, payments_owed, "
    "payments_payout, payments_batch, payments_account"
)


@contextmanager
def without(table: str, column: str) -> Iterator[None]:
    """The column's unique constraint is gone; what that let in is thrown away with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u' "
            "AND pg_get_constraintdef(oid) = %s",
            [table, f"UNIQUE ({column})"],
        )
        (name,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {BOOK}")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({column})")
