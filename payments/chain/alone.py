"""One at a time, whatever runs twice: a lock that PostgreSQL frees when its holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SENDING, SCANNING = 7_301, 7_302


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """True inside if nobody else is in there; never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
