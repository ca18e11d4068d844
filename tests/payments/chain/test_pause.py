"""While the network is paused nothing leaves; what is on its way is watched."""

import pytest

from payments import escrow, jobs, pauses
from payments.chain import sender
from payments.models import Batch, ChainTx, Payout
from tests.payments import house
from tests.payments.chain.conftest import nobody

pytestmark = pytest.mark.django_db
State = ChainTx.State


@pytest.fixture
def asked(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    house.earn("person:1", 500_000, purse_id=purse_id)
    return house.ask("person:1", 200_000)


def test_nothing_is_batched(asked, mine):
    pauses.pause(reason="A key may be lost.")

    for _ in range(3):
        jobs.pump_payouts()
        mine()

    assert Payout.objects.get().state == Payout.State.REQUESTED
    assert not Batch.objects.exists()


def test_nothing_is_signed_or_sent(queued, mine):
    tx = queued((nobody(1), 500))
    pauses.pause(reason="A key may be lost.")

    assert sender.advance() == 0

    tx.refresh_from_db()
    assert (tx.state, tx.nonce) == (State.READY, None)


def test_what_was_sent_is_watched_to_its_end(asked, mine):
    jobs.pump_payouts()
    pauses.pause(reason="A key may be lost.")
    mine(3)

    jobs.pump_payouts()

    assert ChainTx.objects.get().state == State.CONFIRMED
    assert Payout.objects.get().state == Payout.State.PAID


def test_afterwards_all_goes_on(asked, mine):
    pauses.pause(reason="A key may be lost.")
    jobs.pump_payouts()

    pauses.resume()
    for _ in range(3):
        jobs.pump_payouts()
        mine(2)

    assert Payout.objects.get().state == Payout.State.PAID
    assert jobs.prove().ok


def test_deposits_still_come_in(chain, mine):
    purse_id = house.deposited(1_000)
    pauses.pause(reason="A key may be lost.")
    mine(3)

    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000
