"""Payouts: from the asking to the wallet, on a real chain."""

import pytest

from payments import deposits, escrow, jobs, payouts, statements
from payments.chain import client
from payments.chain.wallet import Wallet
from payments.errors import BelowMinimum, InsufficientFunds, KeyReused, MalformedAddress
from payments.models import Batch, ChainTx, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:1", "person:2"


@pytest.fixture
def funded(chain, mine):
    """A purse with 10.00 from the chain."""
    purse_id = house.deposited(10_000_000)
    mine(2)
    jobs.scan_deposits()
    return purse_id


def run_until_ended(mine, runs=4):
    for _ in range(runs):
        jobs.pump_payouts()
        mine(2)


def test_asking_moves_the_money_at_once():
    house.earn(PERSON, 500_000)

    payout = house.ask(PERSON, 200_000)

    assert (payout.state, payout.address) == (Payout.State.REQUESTED, Wallet(10).address)
    assert house.balance(PERSON, "EARNED") == 300_000
    assert house.balance(PERSON, "LEAVING") == 200_000


def test_the_same_key_is_the_same_payout():
    house.earn(PERSON, 500_000)

    first = house.ask(PERSON, 200_000, key="k")
    again = house.ask(PERSON, 200_000, key="k")

    assert first == again
    assert house.balance(PERSON, "EARNED") == 300_000
    with pytest.raises(KeyReused):
        house.ask(PERSON, 200_001, key="k")
    with pytest.raises(KeyReused):
        house.ask(PERSON, 200_000, key="k", wallet=11)


def test_keys_belong_to_their_holder():
    house.earn(PERSON, 500_000)
    house.earn(OTHER, 500_000)

    assert house.ask(PERSON, 200_000, key="k") != house.ask(OTHER, 200_000, key="k")


@pytest.mark.parametrize(
    ("units", "address", "error"),
    [
        (9_999, None, BelowMinimum),
        (500_001, None, InsufficientFunds),
        (20_000, "0x12", MalformedAddress),
    ],
)
def test_what_cannot_be_paid_is_refused_and_nothing_moves(units, address, error):
    house.earn(PERSON, 500_000)

    with pytest.raises(error):
        payouts.request(PERSON, amount_units=units, address=address or Wallet(10).address)

    assert house.balance(PERSON, "EARNED") == 500_000
    assert not Payout.objects.exists()


def test_a_payout_reaches_the_wallet(funded, chain, mine):
    key = house.earn(PERSON, 500_000, purse_id=funded)
    payout = house.ask(PERSON, 500_000)

    run_until_ended(mine)

    payout.refresh_from_db()
    assert payout.state == Payout.State.PAID
    assert Wallet.token_balance(Wallet(10).address) == 500_000
    assert house.balance(PERSON, "LEAVING") == 0
    assert client.receipt(payout.tx_hash)["status"] == 1
    assert escrow.payments_of([key])[key]["tx_hash"] == payout.tx_hash


def test_nothing_is_paid_before_it_is_deep_enough(funded, chain, mine, settings):
    settings.CHAIN_CONFIRMATIONS = 3
    house.earn(PERSON, 500_000, purse_id=funded)
    payout = house.ask(PERSON, 500_000)

    states = []
    for blocks in (0, 2, 1):
        mine(blocks) if blocks else None
        jobs.pump_payouts()
        payout.refresh_from_db()
        states.append(payout.state)

    assert states == ["BATCHED", "BATCHED", "PAID"]


def test_payouts_share_a_chain_tx(funded, chain, mine, settings):
    settings.STIPEND_BATCH_PAYEES = 2
    for number in (1, 2, 3):
        house.earn(f"person:{number}", 100_000, purse_id=funded)
        house.ask(f"person:{number}", 100_000, wallet=10 + number)

    run_until_ended(mine)

    assert sorted(batch.payouts.count() for batch in Batch.objects.all()) == [1, 2]
    assert [Wallet.token_balance(Wallet(10 + number).address) for number in (1, 2, 3)] == [
        100_000
    ] * 3


@pytest.mark.broken_book
def test_who_cannot_be_paid_gets_it_back(funded, chain, mine):
    """The vault holds less than the batch would take: each transfer is skipped."""
    house.earn(PERSON, 500_000)  # by the book alone: the vault knows nothing of it
    house.earn(OTHER, 10_000_000, purse_id=funded)
    poor, rich = house.ask(OTHER, 10_000_000, wallet=11), house.ask(PERSON, 500_000)

    run_until_ended(mine)

    poor.refresh_from_db()
    rich.refresh_from_db()
    assert (poor.state, rich.state) == (Payout.State.PAID, Payout.State.RETURNED)
    assert rich.reason == "The token refused this wallet."
    assert house.balance(PERSON, "EARNED") == 500_000
    # The book of this test owes what was never deposited, and says so.
    report = jobs.prove()
    assert report.problems == ["The vault holds 0.50 less than the book says is there."]


@pytest.mark.broken_book
def test_a_returned_payout_pays_for_nothing(funded, chain, mine):
    key = house.earn(PERSON, 100_000, purse_id=funded)
    payout = house.ask(PERSON, 100_000)
    jobs.pump_payouts()
    tx = ChainTx.objects.get()
    ChainTx.objects.filter(pk=tx.pk).update(
        state=ChainTx.State.CONFIRMED, outcome={"paid": [], "skipped": [0]}
    )

    payouts.settle_ended()

    payout.refresh_from_db()
    assert payout.state == Payout.State.RETURNED
    assert escrow.payments_of([key])[key]["tx_hash"] is None
    kinds = [row.kind for row in statements.rows(list(statements.lines(payout.purse_id)))]
    assert kinds == ["return", "payout", "release"]


@pytest.mark.broken_book  # its money was never on the chain
def test_payouts_wait_for_company_and_not_for_long(chain, settings):
    settings.STIPEND_BATCH_SECONDS, settings.STIPEND_BATCH_PAYEES = 600, 3
    for number in (1, 2, 3):
        house.earn(f"person:{number}", 100_000)

    house.ask("person:1", 100_000)
    house.ask("person:2", 100_000)
    assert payouts.batch(queue=jobs.queue_batch) is None
    house.ask("person:3", 100_000)
    assert payouts.batch(queue=jobs.queue_batch).payouts.count() == 3

    settings.STIPEND_BATCH_SECONDS = 0
    house.earn("person:4", 100_000)
    house.ask("person:4", 100_000)
    assert payouts.batch(queue=jobs.queue_batch).payouts.count() == 1


def test_jobs_twice_are_jobs_once(funded, chain, mine):
    house.earn(PERSON, 500_000, purse_id=funded)
    house.ask(PERSON, 500_000)

    run_until_ended(mine, runs=8)

    assert deposits.settle(depth_blocks=2) == 0
    assert payouts.settle_ended() == 0
    assert Wallet.token_balance(Wallet(10).address) == 500_000
