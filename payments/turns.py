"""Turns: whoever counts what everybody is owed, or changes it from outside, does so alone.

Side by side two batches would each count as owed what the other pays. The root of the later one
stays: with it the same money could be taken out of the vault once more.
"""

from django.db import connection

BATCHING = 7_303  # an advisory lock; payments.chain.alone has the ones before


def take() -> bool:
    """True if nobody else has it; then nobody can until this transaction ends. Never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [BATCHING])
        return bool(cursor.fetchone()[0])
