"""The worked example of docs/money.md, played: every number of its table is what the book says."""

from decimal import Decimal
from pathlib import Path

import pytest

from payments import escrow, ledger, money
from payments.models import Account, Entry

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "money.md"
PRICE, FEE = 50_000, 2_500
Kind = Account.Kind


def table() -> list[list[Decimal]]:
    """The numbers of the example, a row an entry; an empty cell is nothing."""
    text = PAGE.read_text().split("## A worked example")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [
        [Decimal(cell.strip().replace("−", "-") or 0) for cell in row[2:]]
        for row in rows
        if row[0].strip().isdigit()
    ]


def units(purse_id, kind: str) -> int:
    return ledger.balances(purse_id).get(kind, 0)


def test_the_worked_example_adds_up():
    project, ana = escrow.open_purse("project:7"), escrow.open_purse("person:12")
    assert money.fee(PRICE) == FEE
    seen = []

    def look() -> None:
        worlds = Account.objects.filter(kind=Kind.WORLD)
        row = [
            *(units(project, kind) for kind in (Kind.FUNDS, Kind.HELD, Kind.FEES)),
            *(units(ana, kind) for kind in (Kind.EARNED, Kind.LEAVING)),
            sum(worlds.values_list("balance_units", flat=True)),
        ]
        assert sum(row) == 0
        seen.append([Decimal(one) / money.UNITS_PER_DOLLAR for one in row])

    ledger.deposit(project, key="deposit:a:0", amount_units=500_000)
    look()
    escrow.hold(project, key="hold:1", amount_units=2 * 3 * (PRICE + FEE))
    look()
    for number in (1, 2):
        escrow.release(
            project,
            key=f"release:{number}",
            payee="person:12",
            amount_units=PRICE,
            fee_units=FEE,
            cause="a label",
        )
        look()
    for key, kind, source, target in (
        ("payout:1", Entry.Kind.PAYOUT, Kind.EARNED, Kind.LEAVING),
        ("settle:1", Entry.Kind.SETTLE, Kind.LEAVING, Kind.WORLD),
    ):
        ledger.post(key, kind, [(ana, source, -80_000), (ana, target, 80_000)])
        look()
    escrow.refund(project, key="refund:7:1", amount_units=units(project, Kind.HELD))
    look()

    assert seen == table()
