"""An exit is written into the book while a batch is made. The twin takes no turns."""

from threading import Thread

import pytest
from django.db import connections

from payments import exits, payouts, solvency, turns, wallets
from payments.chain.wallet import Wallet
from payments.models import ChainEvent, ChainTx, Payout, ScannedBlock
from tests.payments import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "person:1"


def queue(batch, payees, roots):
    return ChainTx.objects.create(key=f"batch:{batch.pk}", to="", calldata=b"", gas_limit=1)


def exited():
    """All of it was taken out of the vault, and the watcher has seen it."""
    ScannedBlock.objects.create(number=7, block_hash="0xb7")
    ChainEvent.objects.create(
        name="Exited",
        block_number=7,
        block_hash="0xb7",
        tx_hash="0x71",
        log_index=0,
        payload={
            "account": Wallet(5).address,
            "amount": "100000",
            "balances_root": solvency.NO_ROOT,
        },
    )


def exit_while_it_is_batched(monkeypatch):
    """The states of the exit and of the payout, when both were at the same 0.10."""
    house.earn(ONE, 100_000)
    wallets.name(ONE, Wallet(5).address)
    payout = house.ask(ONE, 40_000, wallet=5)
    owed = solvency.owed

    def settle():
        exited()
        exits.settle(depth_blocks=0)
        connections.close_all()

    other = Thread(target=settle, daemon=True)

    def late(**options):
        other.start()
        other.join(money.PATIENCE_SECONDS)
        return owed(**options)

    monkeypatch.setattr(solvency, "owed", late)
    payouts.batch(queue=queue)
    other.join(money.JOIN_SECONDS)
    payout.refresh_from_db()
    return exits.are_pending(), payout.state


def test_an_exit_waits_for_the_batch_that_is_being_made(monkeypatch):
    assert exit_while_it_is_batched(monkeypatch) == (True, "BATCHED")

    ChainTx.objects.update(state="FAILED")  # as `sender.give_up` does
    payouts.settle_ended()
    assert exits.settle(depth_blocks=0) == 1
    assert Payout.objects.get().state == "RETURNED"
    assert house.balance(ONE, "WORLD") == 100_000


def test_without_turns_it_is_in_the_book_and_the_batch_pays_it_again(monkeypatch):
    monkeypatch.setattr(turns, "take", lambda: True)

    assert exit_while_it_is_batched(monkeypatch) == (False, "BATCHED")
    assert house.balance(ONE, "WORLD") == 60_000
