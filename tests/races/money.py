"""Two at once, each with a connection of their own, made to meet where it hurts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError, Thread
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


BOOK = (
    "payments_line, payments_entry, payments_approval, payments_owed, payments_payout, "
    "payments_batch, payments_account"
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
