"""Nothing is signed but what the rows say: whom a batch pays, how much, in which order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments import jobs, payouts, solvency
from payments.chain import sender, vault
from payments.chain.wallet import Wallet
from payments.models import ChainTx, Network, Payout
from tests.payments import house
from tests.payments.chain.test_sender_trouble import make_blocks_dear, sign_only

__all__ = ["make_blocks_dear"]
pytestmark = pytest.mark.django_db
ONE, TWO, FOREIGN = 5, 6, 9  # wallets
NO_ROOTS = (b"\0" * 32, b"\0" * 32)
NOT_MEANT = "What would be signed is not what the batch's rows say: a person must look."


@pytest.fixture
def batch(chain, mine):
    """Two people are to be paid by one batch, and nothing of it is signed."""
    purse_id = house.deposited(1_000_000)
    mine(3)
    jobs.scan_deposits()
    for person, wallet, units in (("person:1", ONE, 300_000), ("person:2", TWO, 200_000)):
        house.earn(person, units, purse_id=purse_id)
        house.ask(person, units, wallet=wallet)
    return payouts.batch(queue=jobs.queue_batch)


def payees(*, units=(300_000, 200_000), wallets=(ONE, TWO)):
    addresses = [Wallet(one).address for one in wallets]
    return list(zip(addresses, units, strict=True))


def calldata(number, found, roots):
    ChainTx.objects.update(calldata=vault.encode_pay(number, found, roots=roots))


def another_wallet(batch, roots):
    calldata(batch.number, payees(wallets=(ONE, FOREIGN)), roots)


def another_amount(batch, roots):
    calldata(batch.number, payees(units=(300_000, 200_001)), roots)


def another_order(batch, roots):
    calldata(batch.number, payees()[::-1], roots)


def one_more(batch, roots):
    both = payees(wallets=(ONE, TWO, FOREIGN), units=(300_000, 200_000, 1))
    calldata(batch.number, both, roots)


def another_number(batch, roots):
    calldata(batch.number + 1, payees(), roots)


def other_roots(batch, roots):
    calldata(batch.number, payees(), NO_ROOTS)


def another_contract(batch, roots):
    ChainTx.objects.update(to=Network.objects.get().token_address)


def another_row(batch, roots):
    Payout.objects.filter(position=1).update(address=Wallet(FOREIGN).address)


@pytest.mark.parametrize(
    "change",
    [
        *(another_wallet, another_amount, another_order, one_more),
        *(another_number, other_roots, another_contract, another_row),
    ],
)
def test_a_batch_that_is_not_what_its_rows_say_is_not_signed(batch, mine, change):
    tx, address = batch.chain_tx, Wallet(TWO).address
    meant = bytes(tx.calldata), tx.to
    roots = tuple(
        bytes.fromhex(one[2:]) for one in (batch.owed.balances_root, batch.owed.labels_root)
    )
    change(batch, roots)

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, tx.nonce, tx.error) == ("READY", None, NOT_MEANT)
    ChainTx.objects.update(calldata=meant[0], to=meant[1])
    Payout.objects.filter(position=1).update(address=address)
    for _ in range(2):
        jobs.pump_payouts()
        mine(3)
    jobs.pump_payouts()
    assert [Wallet.token_balance(Wallet(one).address) for one in (ONE, TWO)] == [300_000, 200_000]
    assert solvency.latest().batch == batch


def test_nor_is_it_signed_anew_for_a_higher_fee(batch, mine, make_blocks_dear, monkeypatch):
    tx = batch.chain_tx
    sign_only(tx, monkeypatch)
    make_blocks_dear()
    meant, then = bytes(tx.calldata), timezone.now() - timedelta(hours=1)
    another_wallet(batch, NO_ROOTS)
    ChainTx.objects.update(signed_at=then)

    sender.advance()

    tx.refresh_from_db()
    assert len(tx.hashes) == 1
    ChainTx.objects.update(calldata=meant, signed_at=then)
    for _ in range(2):
        jobs.pump_payouts()
        mine(3)
    jobs.pump_payouts()
    tx.refresh_from_db()
    assert (tx.state, len(tx.hashes)) == ("CONFIRMED", 2)
    assert Wallet.token_balance(Wallet(FOREIGN).address) == 0
