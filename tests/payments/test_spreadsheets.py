"""Statements as CSV."""

import csv

import pytest

from payments import escrow, purses, spreadsheets, statements
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON = "person:1"


def table(holder, kinds=statements.OF_PERSON):
    rows = statements.whole(purses.find(holder), kinds)
    return list(csv.DictReader("".join(spreadsheets.written(rows)).splitlines()))


def test_the_whole_statement_oldest_first(monkeypatch, settings):
    monkeypatch.setattr(statements, "LINES", 2)
    for units in (30_000, 40_000):
        house.earn(PERSON, units)
    payout = house.ask(PERSON, 60_000)

    found = table(PERSON)

    assert [(one["kind"], one["amount"]) for one in found] == [
        ("release", "0.03"),
        ("release", "0.04"),
        ("payout", "-0.06"),
    ]
    assert found[2]["cause"] == f"payout to {payout.address}"
    assert list(found[0]) == spreadsheets.HEAD


def test_nobody_has_a_head_and_no_rows():
    assert table("person:99") == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cause_is_a_formula(text):
    assert spreadsheets.harmless(text) == f"'{text}"
    assert spreadsheets.harmless("job 1") == "job 1"


def test_commas_and_quotes_survive():
    purse_id = house.project(funds_units=100_000)
    escrow.hold(purse_id, key="h", amount_units=100_000)
    cause = 'A "good, old" title\nof two lines'
    escrow.release(purse_id, key="r", payee=PERSON, amount_units=100_000, fee_units=0, cause=cause)

    rows = statements.whole(purses.find(PERSON))
    lines = list(csv.reader(iter(spreadsheets.written(rows))))

    assert lines[1][4] == cause
