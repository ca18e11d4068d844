"""What was committed is on disk: no table is unlogged, and nothing asks for less than that."""

import re
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["config", "people", "labeling", "payments"]
LEASES = "labeling/handout/statements.py"  # one that is lost in a crash is a slot that is free
BOOK = "payments/migrations/0012_releases_share_the_wait_for_the_disk.py"  # only to wait later
LESS = re.compile(r"synchronous_commit|fsync\s*=|UNLOGGED", re.IGNORECASE)


@pytest.mark.django_db
def test_no_table_is_unlogged():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 'u'")
        assert cursor.fetchall() == []


def test_only_leases_ask_for_less_and_the_book_for_later():
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]

    asking = [str(path.relative_to(ROOT)) for path in files if LESS.search(path.read_text())]
    assert asking == [LEASES, BOOK]
