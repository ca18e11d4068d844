"""Month by month."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from payments import escrow, purses, statements
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON = "person:1"


def at(moment: datetime) -> None:
    """All entries that were written so far happened then; the guard of the book looks away."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_entry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE payments_entry SET created_at = %s WHERE created_at > %s",
            [moment, datetime(2026, 9, 1, tzinfo=UTC)],
        )
        cursor.execute("ALTER TABLE payments_entry ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_month_is_that_of_utc_and_sums_by_kind():
    house.earn(PERSON, 30_000)
    house.earn(PERSON, 40_000)
    at(datetime(2026, 5, 31, 23, 59, tzinfo=UTC))
    house.earn(PERSON, 50_000)
    house.ask(PERSON, 60_000)
    at(datetime(2026, 6, 1, 0, 0, tzinfo=UTC))

    june, may = statements.months(purses.find(PERSON))

    assert (may.first, june.first) == (date(2026, 5, 1), date(2026, 6, 1))
    assert may.sums == {("EARNED", "release"): (70_000, 2)}
    assert june.sums == {("EARNED", "release"): (50_000, 1), ("EARNED", "payout"): (-60_000, 1)}
    assert (may.units("EARNED"), june.units("EARNED")) == (70_000, -10_000)
    assert june.units("EARNED", "release") == 50_000


def test_a_projects_month_knows_what_was_spent():
    purse_id = house.project(funds_units=1_000_000)
    escrow.hold(purse_id, key="h", amount_units=200_000)
    escrow.release(
        purse_id, key="r", payee=PERSON, amount_units=50_000, fee_units=2_500, cause="job"
    )

    (month,) = statements.months(purse_id, (*statements.OF_PROJECT, "FEES"))

    assert month.units("FUNDS", "deposit") == 1_000_000
    assert month.units("HELD", "release") == -52_500
    assert month.units("FEES") == 2_500


def test_nobody_has_no_months():
    assert statements.months(None) == []
