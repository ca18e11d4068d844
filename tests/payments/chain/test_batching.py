"""How large a batch is: by measured gas, by the block, and by what is left of the day's cap."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments import jobs, payouts
from payments.chain import batching, client, vault
from payments.chain.wallet import Wallet
from payments.models import Batch, ChainTx, Network, Payout
from payments.room import Room
from tests.payments import house
from tests.payments.chain.conftest import nobody

pytestmark = pytest.mark.django_db
PERSON = "person:1"
DAY_SECONDS = 86_400
UNMEASURED = 274  # (2**24 - 320,000) // 60,000
State = Payout.State


def seen(*, payees, gas, state=ChainTx.State.CONFIRMED, days_ago=0):
    """A batch that ended: so much gas for so many."""
    number = Batch.objects.count() + 1
    tx = ChainTx.objects.create(
        key=f"seen:{number}",
        to="",
        calldata=b"",
        gas_limit=1,
        nonce=1_000 + number,
        raw=b"",
        state=state,
        gas_used=gas,
        confirmed_at=timezone.now() - timedelta(days=days_ago),
    )
    batch = Batch.objects.create(number=1_000 + number, chain_tx=tx, settled_at=timezone.now())
    purse_id = house.project()
    Payout.objects.bulk_create(
        Payout(
            key=f"{number}:{position}",
            purse_id=purse_id,
            owner="person:1",
            amount_units=1,
            address=nobody(position),
            state=State.PAID,
            batch=batch,
            position=position,
        )
        for position in range(payees)
    )


@pytest.mark.parametrize(
    ("block_gas", "payees"),
    [(30_000_000, UNMEASURED), (2**24, UNMEASURED), (1_500_000, 19), (400_000, 1), (30_000, 1)],
)
def test_before_there_is_a_figure_a_payee_is_dear(block_gas, payees):
    assert batching.max_payees(block_gas) == payees


@pytest.mark.broken_book
@pytest.mark.parametrize(
    ("gas_a_payee", "payees"),
    [
        (26_000, 421),  # never below what a fresh payee costs, 30,000, and 30 % on top
        (50_000, 253),
        (130_000, 97),
    ],
)
def test_a_payee_costs_what_was_measured_and_a_margin(gas_a_payee, payees):
    seen(payees=20, gas=20 * gas_a_payee)

    assert batching.max_payees(2**24) == payees


@pytest.mark.broken_book
def test_what_counts_is_the_dearest_of_the_last_batches_of_some_size(monkeypatch):
    monkeypatch.setattr(batching, "SEEN_TXS", 2)
    seen(payees=10, gas=10 * 90_000, days_ago=3)  # long ago
    seen(payees=10, gas=10 * 40_000, days_ago=2)
    seen(payees=10, gas=10 * 35_000, days_ago=1)
    seen(payees=9, gas=9 * 99_000)  # too small to say much

    assert batching.payee_gas() == 52_000


@pytest.mark.broken_book
def test_a_batch_that_ran_out_of_gas_makes_the_next_one_smaller():
    seen(payees=400, gas=2**24, state=ChainTx.State.FAILED)

    assert batching.max_payees(2**24) < 310


def test_no_batch_is_larger_than_the_settings_say(settings):
    settings.STIPEND_BATCH_PAYEES = 50

    assert batching.max_payees(2**24) == 50


@pytest.fixture
def funded(chain, mine):
    """A project with 10.00 from the chain."""
    purse_id = house.deposited(10_000_000)
    mine(2)
    jobs.scan_deposits()
    return purse_id


@pytest.fixture
def ask(funded):
    """Payouts of so many units, each just earned, each to a wallet of its own."""
    numbers = iter(range(100, 10_000))

    def asked(*amounts):
        made = []
        for units in amounts:
            number = next(numbers)
            person = f"person:{number}"
            house.earn(person, units, purse_id=funded)
            made.append(payouts.request(person, amount_units=units, address=nobody(number)))
        return made

    return asked


def run_jobs(mine, rounds=4):
    for _ in range(rounds):
        jobs.pump_payouts()
        mine(2)


def states(asked):
    found = dict(Payout.objects.values_list("pk", "state"))
    return [found[one.pk] for one in asked]


def set_daily_cap(units):
    Wallet(0)._call("Vault", Network.objects.get().vault_address, "set_daily_cap", units)


def test_batches_fit_into_the_block(ask, chain, mine):
    before = client.gas_limit()
    chain.call("evm_setBlockGasLimit", hex(1_500_000))
    chain.mine()
    try:
        asked = ask(*[10_000] * 40)

        jobs.pump_payouts()

        sizes = [one.payouts.count() for one in Batch.objects.order_by("number")]
        assert sizes == [19, 19, 2]
        assert max(ChainTx.objects.values_list("gas_limit", flat=True)) <= 1_500_000
        run_jobs(mine)
        assert states(asked) == [State.PAID] * 40
        assert batching.max_payees(1_500_000) == 30  # measured now
    finally:
        chain.call("evm_setBlockGasLimit", hex(before))
        chain.mine()


def test_a_batch_takes_what_is_left_of_the_day_and_reverts_nothing(ask, chain, mine):
    set_daily_cap(100_000)
    asked = ask(40_000, 50_000, 60_000)

    run_jobs(mine)
    assert states(asked) == [State.PAID, State.PAID, State.REQUESTED]
    assert ChainTx.objects.filter(state=ChainTx.State.FAILED).count() == 0
    assert batching.units_left() == 10_000

    chain.call("evm_increaseTime", DAY_SECONDS)
    mine()
    run_jobs(mine)
    assert states(asked) == [State.PAID] * 3
    assert vault.paid_today() == 60_000


def test_one_that_is_too_large_for_today_holds_up_no_smaller_one(ask, mine):
    set_daily_cap(100_000)
    asked = ask(70_000, 90_000, 30_000, 20_000)

    run_jobs(mine)

    assert states(asked) == [State.PAID, State.REQUESTED, State.PAID, State.REQUESTED]
    assert vault.paid_today() == 100_000


def test_what_is_under_way_is_taken_off_the_day(ask, chain, mine):
    set_daily_cap(100_000)
    chain.call("evm_setAutomine", False)
    try:
        asked = ask(60_000)
        jobs.pump_payouts()
        assert (vault.paid_today(), batching.units_left()) == (0, 40_000)
        asked += ask(50_000)
        jobs.pump_payouts()
    finally:
        chain.call("evm_setAutomine", True)
    mine()

    run_jobs(mine)

    assert states(asked) == [State.PAID, State.REQUESTED]
    assert Batch.objects.count() == 1


def test_each_batch_of_a_run_leaves_less_for_the_next(ask, mine, settings):
    settings.STIPEND_BATCH_PAYEES = 1
    set_daily_cap(100_000)
    asked = ask(40_000, 40_000, 40_000)

    run_jobs(mine)

    assert states(asked) == [State.PAID, State.PAID, State.REQUESTED]
    assert Batch.objects.count() == 2


def test_what_is_left_of_a_room():
    assert Room(payees=5).without(7) == Room(payees=5)
    assert Room(payees=5, units=10, gas=3).without(7) == Room(payees=5, units=3, gas=3)
    assert Room(payees=5, units=5).without(7) == Room(payees=5, units=0)


def test_a_node_that_tells_no_cap_holds_up_the_new_ones_alone(ask, mine, monkeypatch):
    first = ask(40_000)
    jobs.pump_payouts()
    second = ask(40_000)
    mine(3)

    def away():
        raise client.ChainError("no")

    monkeypatch.setattr(vault, "daily_cap", away)
    jobs.pump_payouts()

    assert states(first + second) == [State.PAID, State.REQUESTED]
