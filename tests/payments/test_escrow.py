"""The window: what the workshop can ask for."""

import pytest

from payments import escrow, jobs, payouts, purses, wallets
from payments.chain.wallet import Wallet
from payments.errors import InsufficientFunds, KeyReused
from payments.models import Entry, Line
from tests.payments import house, test_batches
from tests.payments.house import DOLLAR

pytestmark = pytest.mark.django_db


def test_a_holder_has_one_purse():
    assert escrow.open_purse("project:9") == escrow.open_purse("project:9")
    assert escrow.open_purse("project:9") != escrow.open_purse("project:10")


def test_hold_release_refund_add_up():
    purse_id = house.project(funds_units=500_000)

    escrow.hold(purse_id, key="hold:l", amount_units=315_000)
    escrow.release(
        purse_id, key="release:s", payee="person:1", amount_units=50_000, fee_units=2_500, cause="t"
    )
    escrow.refund(purse_id, key="refund:1", amount_units=262_500)

    assert escrow.balances(purse_id) == {
        "FUNDS": 447_500,
        "HELD": 0,
        "FEES": 2_500,
        "WORLD": -500_000,
    }
    assert house.balance("person:1", "EARNED") == 50_000


def test_each_verb_happens_once_for_its_key():
    purse_id = house.project(funds_units=200)

    for _ in range(2):
        escrow.hold(purse_id, key="hold:l", amount_units=110)
        escrow.release(
            purse_id, key="release:s", payee="person:1", amount_units=50, fee_units=5, cause="t"
        )
        escrow.refund(purse_id, key="refund:1", amount_units=55)

    assert escrow.balances(purse_id) == {"FUNDS": 145, "HELD": 0, "FEES": 5, "WORLD": -200}
    with pytest.raises(KeyReused):
        escrow.refund(purse_id, key="refund:1", amount_units=54)


@pytest.mark.parametrize("units", [0, -5])
def test_only_amounts_above_zero_move(units):
    purse_id = house.project(funds_units=200)
    escrow.hold(purse_id, key="hold:l", amount_units=100)
    before = escrow.balances(purse_id)

    with pytest.raises(ValueError):
        escrow.hold(purse_id, key="hold:m", amount_units=units)
    with pytest.raises(ValueError):
        escrow.refund(purse_id, key="refund:m", amount_units=units)
    with pytest.raises(ValueError):
        escrow.release(
            purse_id, key="release:m", payee="person:1", amount_units=units, fee_units=0, cause=""
        )

    assert escrow.balances(purse_id) == before


def test_what_is_not_held_cannot_be_released():
    purse_id = house.project(funds_units=200)
    escrow.hold(purse_id, key="hold:l", amount_units=50)

    with pytest.raises(InsufficientFunds):
        escrow.release(
            purse_id, key="release:s", payee="person:1", amount_units=50, fee_units=5, cause="t"
        )

    assert escrow.balances(purse_id) == {"FUNDS": 150, "HELD": 50, "WORLD": -200}
    assert house.balance("person:1", "EARNED") == 0


def test_many_releases_cost_few_statements(django_assert_max_num_queries):
    purse_id = house.project(funds_units=1000)
    escrow.hold(purse_id, key="hold:l", amount_units=1000)
    releases = [
        escrow.Release(
            key=f"release:{number}",
            payee=f"person:{number % 2}",
            amount_units=9,
            fee_units=1,
            cause="",
        )
        for number in range(100)
    ]
    for one in releases[:2]:
        escrow.open_purse(one.payee)

    with django_assert_max_num_queries(9):
        escrow.release_all(purse_id, releases)

    assert escrow.balances(purse_id)["FEES"] == 100
    assert house.balance("person:0", "EARNED") == 450


def test_no_fee_is_no_line():
    key = house.earn("person:1", 70)

    assert Line.objects.filter(entry__key=key).count() == 2


def test_earnings_leave_in_the_order_they_came():
    first, second, third = (house.earn("person:1", units) for units in (40_000, 60_000, 50_000))
    payout = house.ask("person:1", 100_000)

    before = escrow.payments_of([first, second, third, "release:unknown"])
    assert {key: one["tx_hash"] for key, one in before.items()} == dict.fromkeys(before)
    assert set(before) == {first, second, third}
    assert before[first]["entry"] == Entry.objects.get(key=first).pk

    assert payouts.of_holder("person:1").get() == payout


def test_deposit_instructions_name_the_purse():
    purse_id = house.project()

    found = escrow.deposit_instructions(purse_id)

    assert found["purse"] == purses.onchain(purse_id)
    assert purses.from_chain(found["purse"]) == purse_id
    assert (found["vault"], found["chain_id"]) == (None, None)


def test_wallets_are_those_that_money_went_to_and_the_one_it_would_go_to(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 0
    for holder in ("person:1", "person:2"):
        house.earn(holder, DOLLAR)
        house.ask(holder, 100_000, wallet=5)
    payouts.batch(queue=test_batches.confirmed({"paid": [0], "skipped": [1]}))
    payouts.settle_ended()
    house.ask("person:1", 100_000, wallet=6)
    wallets.name("person:2", Wallet(7).address)

    found = escrow.wallets_of(["person:1", "person:2", "person:3"])

    paid, asked, named = (Wallet(number).address for number in (5, 6, 7))
    assert found == {"person:1": {paid, asked}, "person:2": {named}, "person:3": set()}
    arrived = escrow.paid_wallets_of(["person:1", "person:2", "person:3"])
    assert arrived == {"person:1": {paid}, "person:2": set(), "person:3": set()}


def test_a_projects_wallets_are_those_that_paid_in(chain, mine):
    purse_id, other_id = house.deposited(DOLLAR), house.project()
    mine(2)
    jobs.scan_deposits()

    project, other = purses.holder(purse_id), purses.holder(other_id)

    assert escrow.paying_wallets_of([project, other]) == {
        project: {Wallet(2).address},
        other: set(),
    }
