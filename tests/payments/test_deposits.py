"""Deposits: from the chain into a purse, once, when deep enough."""

import pytest

from payments import deposits, escrow, jobs, purses
from payments.chain.wallet import Wallet
from payments.models import ChainEvent, Entry
from tests.payments import house

pytestmark = pytest.mark.django_db


def test_a_deposit_is_money_when_it_is_deep_enough(chain, mine):
    purse_id = house.deposited(2_500_000)

    seen = []
    for _ in range(3):
        jobs.scan_deposits()
        seen.append(escrow.balances(purse_id).get("FUNDS", 0))
        mine()

    assert seen == [0, 0, 2_500_000]


def test_reading_twice_is_money_once(chain, mine):
    purse_id = house.deposited(2_500_000)
    mine(2)

    for _ in range(3):
        jobs.scan_deposits()

    assert escrow.balances(purse_id) == {"FUNDS": 2_500_000, "WORLD": -2_500_000}
    assert Entry.objects.get().key.startswith("deposit:0x")


@pytest.mark.parametrize("name", ["0x" + "0" * 63 + "7", "0x" + "f" * 64])
def test_money_for_nobody_is_reported_and_kept(chain, mine, name):
    wallet = Wallet(2)
    wallet.mint(900_000)
    wallet.deposit(name, 900_000)
    mine(2)

    jobs.scan_deposits()

    report = jobs.prove()
    assert report.ok
    assert report.figures["unknown_deposits"] == 1
    assert (report.figures["in_vault"], report.figures["in_house"]) == ("0.90", "0.00")


def test_a_flood_of_strays_keeps_no_deposit_waiting(chain, mine, monkeypatch):
    monkeypatch.setattr(deposits, "ROWS", 2)
    stray = Wallet(2)
    stray.mint(3)
    for number in range(3):
        stray.deposit(f"0x{number + 1:064x}", 1)
    purse_id = house.deposited(100_000)
    mine(2)

    for _ in range(2):
        jobs.scan_deposits()

    assert escrow.balances(purse_id)["FUNDS"] == 100_000
    assert deposits.unknown() == (3, 3)
    assert jobs.prove().figures["surplus"] == "0.000003"


def test_more_than_an_account_can_hold_keeps_no_deposit_waiting(chain, mine):
    greedy, modest = house.project(), house.deposited(100_000)
    mint = Wallet(2)
    mint.mint(2**200)
    mint.deposit(purses.onchain(greedy), 2**200)
    after = house.deposited(200_000)
    mine(2)

    jobs.scan_deposits()

    assert [escrow.balances(one).get("FUNDS", 0) for one in (greedy, modest, after)] == [
        0,
        100_000,
        200_000,
    ]
    assert deposits.unknown() == (1, 2**200)
    assert jobs.prove().ok
    assert jobs.reconcile()


def test_a_purse_opened_later_gets_its_money(chain, mine):
    purse_id = house.deposited(100_000)
    mine(2)
    jobs.scan_deposits()
    ChainEvent.objects.update(settled_at=None)

    assert deposits.settle(depth_blocks=2) == 1  # the key keeps it from being money twice

    assert escrow.balances(purse_id)["FUNDS"] == 100_000


def test_each_purse_has_its_own_deposits(chain, mine):
    purse_id, other_id = house.deposited(2_500_000), house.deposited(1)

    mine(2)
    jobs.scan_deposits()

    (one,) = deposits.looked_at(deposits.of_purse(purse_id))
    assert (one.state, one.confirmations, one.needed) == ("CREDITED", 2, 2)
    (other,) = deposits.looked_at(deposits.of_purse(other_id))
    assert (other.state, other.confirmations, other.amount_units) == ("CREDITED", 2, 1)
    assert other.sender == Wallet(2).address
    assert other.credited_at is not None


def test_what_is_not_deep_enough_is_seen(chain, mine):
    purse_id = house.deposited(2_500_000)

    told = []
    for _ in range(3):
        jobs.scan_deposits()
        (one,) = deposits.looked_at(deposits.of_purse(purse_id))
        told.append((one.state, one.confirmations, one.needed))
        mine()

    assert told == [("SEEN", 0, 2), ("SEEN", 1, 2), ("CREDITED", 2, 2)]


def test_what_the_book_cannot_hold_is_told_as_reported(chain, mine):
    greedy = house.project()
    mint = Wallet(2)
    mint.mint(2**200)
    mint.deposit(purses.onchain(greedy), 2**200)
    mine(2)
    jobs.scan_deposits()

    (one,) = deposits.looked_at(deposits.of_purse(greedy))

    assert (one.state, one.credited_at) == ("REPORTED", None)


def test_a_purse_without_deposits_has_none(db):
    assert deposits.looked_at(deposits.of_purse(house.project())) == []


def test_a_name_on_chain_is_read_back():
    purse_id = house.project()

    assert purses.from_chain(purses.onchain(purse_id)) == purse_id
