"""A book that was restored from an older copy than the chain: nobody is paid what they have."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone

from payments import jobs, payouts
from payments.chain.wallet import Wallet
from payments.models import Batch, ChainTx, Network, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON = "person:1"


class Restored(Exception):
    """Everything since the copy was made is forgotten."""


@contextmanager
def forgotten():
    """What happens inside is on the chain, and in no book."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM payments_batch_numbers")
        (last,) = cursor.fetchone()
    try:
        with atomic():
            yield
            raise Restored
    except Restored:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('payments_batch_numbers', %s)", [last])


def run(mine, *steps, rounds=4):
    for _ in range(rounds):
        for step in steps:
            step()
        mine(2)


@pytest.fixture
def payout(chain, mine):
    """It was asked for before the copy was made, and paid afterwards."""
    purse_id = house.deposited(1_000_000)
    mine(3)
    jobs.scan_deposits()
    house.earn(PERSON, 500_000, purse_id=purse_id)
    found = house.ask(PERSON, 200_000, wallet=5)
    payouts._next_number()  # the sequence has begun
    with forgotten():
        run(mine, jobs.scan_deposits, jobs.pump_payouts)
        assert Payout.objects.get().state == "PAID"
    assert Wallet.token_balance(Wallet(5).address) == 200_000
    return found


@pytest.mark.broken_book
def test_what_the_vault_has_paid_before_does_not_come_back(payout, mine):
    run(mine, jobs.pump_payouts)

    tx = ChainTx.objects.get()
    payout.refresh_from_db()
    assert (tx.state, payout.state) == ("SENT", "BATCHED")
    assert "another tx" in tx.error
    assert house.balance(PERSON, "EARNED") == 300_000


@pytest.mark.broken_book
def test_nothing_is_batched_before_the_chain_is_read(payout, mine):
    payouts._next_number()  # as PostgreSQL may skip some when it recovers
    Network.objects.update(read_at=timezone.now() - timedelta(hours=1))  # of the copy

    run(mine, jobs.pump_payouts)

    assert not Batch.objects.exists()


@pytest.mark.broken_book
def test_payouts_are_paused_when_the_chain_is_read(payout, mine):
    run(mine, jobs.scan_deposits, jobs.pump_payouts)

    network, payout = Network.objects.get(), Payout.objects.get()
    assert "is not in this book" in network.paused_for
    assert (payout.state, Batch.objects.count()) == ("REQUESTED", 0)
    assert not jobs.prove().ok


def test_our_own_batches_pause_nothing(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(3)
    jobs.scan_deposits()
    house.earn(PERSON, 500_000, purse_id=purse_id)
    house.ask(PERSON, 200_000, wallet=5)

    run(mine, jobs.scan_deposits, jobs.pump_payouts)

    assert Payout.objects.get().state == "PAID"
    assert Network.objects.get().paused_at is None
