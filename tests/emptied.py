"""The database behind a test that commits: what has rows is emptied, and nothing else.

Django truncates all tables and makes all permissions anew, which takes a large part of a second
however little there is; to find the few tables with rows, and to delete those, takes milliseconds.
"""

from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.db import connection
from django.db.transaction import atomic

KEPT = {"django_content_type", "auth_permission"}  # as the migrations made them
GUARDED = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
# Most references are looked at when a transaction ends; these are at each statement.
STRICT = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND NOT condeferred AND conrelid <> confrelid
"""


@cache
def _tables(database: str) -> tuple[list[str], set[str]]:
    """All tables with rows of tests, what refers to others first; and those that guard theirs."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(names, ()))
    with connection.cursor() as cursor:
        cursor.execute(STRICT)
        for child, parent in cursor.fetchall():
            order.add(parent, child)
        cursor.execute(GUARDED)
        guarded = {name for (name,) in cursor.fetchall()}
    return [name for name in order.static_order() if name not in KEPT], guarded


def empty(*_: Any) -> None:
    """No row is left of what a test has committed."""
    names, guarded = _tables(str(connection.settings_dict["NAME"]))
    with atomic(), connection.cursor() as cursor:
        some = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)
        cursor.execute(" UNION ALL ".join(some))
        found = {name for (name,) in cursor.fetchall()}
        full = [name for name in names if name in found]
        shut = [name for name in full if name in guarded]
        for name in shut:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        for name in full:
            cursor.execute(f'DELETE FROM "{name}"')
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or triggers could not be shut again
        for name in shut:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
