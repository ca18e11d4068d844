"""Batches: who was paid is what the chain says of each, and one bad batch stops no other."""

import pytest

from payments import jobs, payouts
from payments.chain.wallet import Wallet
from payments.errors import InsufficientFunds, OutcomeIncomplete
from payments.models import Batch, ChainTx, Network, Payout, Purse
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:1", "person:2"


def confirmed(outcome):
    """A queue whose chain txs have this outcome at once."""

    def queue(batch, payees, roots):
        return ChainTx.objects.create(
            key=f"batch:{batch.pk}",
            to="",
            calldata=b"",
            gas_limit=1,
            nonce=ChainTx.objects.count(),
            raw=b"",
            tx_hash="0xa",
            state=ChainTx.State.CONFIRMED,
            outcome=outcome,
        )

    return queue


def test_the_outcome_says_of_each_who_was_paid():
    house.earn(PERSON, 500_000)
    asked = [house.ask(PERSON, 100_000) for _ in range(3)]
    payouts.batch(queue=confirmed({"paid": [0, 2], "skipped": [1]}))

    assert payouts.settle_ended() == 3

    states = [Payout.objects.get(pk=one.pk).state for one in asked]
    assert states == ["PAID", "RETURNED", "PAID"]
    assert house.balance(PERSON, "EARNED") == 300_000
    assert house.balance(PERSON, "LEAVING") == 0
    assert house.balance(PERSON, "WORLD") == 200_000


@pytest.mark.parametrize(
    "outcome", [None, {"paid": [0], "skipped": []}, {"paid": [0, 1], "skipped": [1]}]
)
def test_an_outcome_that_leaves_somebody_out_moves_nothing(outcome):
    house.earn(PERSON, 500_000)
    for _ in range(2):
        house.ask(PERSON, 100_000)
    unclear = payouts.batch(queue=confirmed(outcome))
    house.earn(OTHER, 100_000)
    house.ask(OTHER, 100_000)
    payouts.batch(queue=confirmed({"paid": [0], "skipped": []}))

    with pytest.raises(OutcomeIncomplete):
        payouts.settle(unclear.pk)
    assert payouts.settle_ended() == 1

    assert house.balance(PERSON, "LEAVING") == 200_000
    assert house.balance(OTHER, "LEAVING") == 0
    assert list(Batch.objects.filter(settled_at=None)) == [unclear]


def test_a_batch_ends_once():
    house.earn(PERSON, 500_000)
    house.ask(PERSON, 100_000)
    made = payouts.batch(queue=confirmed({"paid": [0], "skipped": []}))

    assert [payouts.settle(made.pk), payouts.settle(made.pk)] == [1, 0]

    assert house.balance(PERSON, "WORLD") == 100_000


def test_without_anybody_waiting_there_is_no_batch():
    assert payouts.batch(queue=confirmed({})) is None
    assert not ChainTx.objects.exists()


def test_without_a_vault_payouts_wait():
    house.earn(PERSON, 500_000)
    payout = house.ask(PERSON, 100_000)

    jobs.pump_payouts()

    payout.refresh_from_db()
    assert payout.state == Payout.State.REQUESTED
    assert not Batch.objects.exists()


@pytest.fixture
def earned(chain, mine):
    """Somebody has 0.50."""
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    house.earn(PERSON, 500_000, purse_id=purse_id)


def set_daily_cap(units):
    Wallet(0)._call("Vault", Network.objects.get().vault_address, "set_daily_cap", units)


def run_jobs(mine):
    for _ in range(4):
        jobs.pump_payouts()
        mine(2)


def test_what_the_day_has_no_room_for_waits(earned, mine):
    payout = house.ask(PERSON, 500_000)
    set_daily_cap(499_999)

    run_jobs(mine)

    payout.refresh_from_db()
    assert payout.state == "REQUESTED"
    assert not Batch.objects.exists()

    set_daily_cap(500_000)
    run_jobs(mine)

    payout.refresh_from_db()
    assert payout.state == "PAID"


def test_what_the_vault_refuses_as_a_whole_comes_back(earned, mine):
    payout = house.ask(PERSON, 500_000)
    payouts.batch(queue=jobs.queue_batch)
    set_daily_cap(499_999)

    run_jobs(mine)

    payout.refresh_from_db()
    assert (payout.state, payout.reason) == ("RETURNED", "The chain refused the batch.")
    assert house.balance(PERSON, "EARNED") == 500_000
    assert jobs.prove().ok


def test_a_requester_takes_out_what_is_not_needed(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    holder = Purse.objects.get(pk=purse_id).holder
    address = Wallet(2).address
    before_units = Wallet.token_balance(address)

    with pytest.raises(InsufficientFunds):
        payouts.request(holder, amount_units=1_000_001, address=address, source="FUNDS")
    payouts.request(holder, amount_units=400_000, address=address, source="FUNDS")
    for _ in range(4):
        jobs.pump_payouts()
        mine(2)

    assert house.balance(holder, "FUNDS") == 600_000
    assert Wallet.token_balance(address) == before_units + 400_000


def test_funds_that_cannot_leave_go_back_to_funds():
    purse_id = house.project(funds_units=100_000)
    holder = Purse.objects.get(pk=purse_id).holder
    payouts.request(holder, amount_units=60_000, address=Wallet(2).address, source="FUNDS")
    payouts.batch(queue=confirmed({"paid": [], "skipped": [0]}))

    payouts.settle_ended()

    assert house.balance(holder, "FUNDS") == 100_000
    assert house.balance(holder, "EARNED") == 0
