"""Exits against everything else that was under way: the same money leaves the vault once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments import escrow, jobs, payouts, purses, receipts, solvency, statements, wallets
from payments.chain import signer, vault
from payments.chain.wallet import Wallet
from payments.models import Batch, ChainEvent, ChainTx, Line, Network, Payout
from tests.payments import house
from tests.payments.chain.test_verifying_labels import verify
from tests.payments.test_solvency import ONE, TWO, called, earned, exit_with, payday, silence

__all__ = ["earned", "payday", "verify"]
pytestmark = pytest.mark.django_db
NEXT_PAYER = 7


@pytest.fixture
def proof(earned, payday, chain):
    """The way out for all that TWO has earned, when the house has been silent for long enough."""
    jobs.record_owed()
    payday()
    (found,) = solvency.proofs(TWO)
    silence(chain)
    return found


@pytest.fixture
def rotate(chain, monkeypatch):
    """The vault is paid with another key from now on, and the worker has it."""

    def change():
        assert called("set_payer", signer.dev_account(NEXT_PAYER).address, sender=0)
        monkeypatch.setattr(signer, "PAYER_INDEX", NEXT_PAYER)

    return change


def received(index):
    return Wallet.token_balance(Wallet(index).address)


def test_a_batch_that_nobody_signed_before_an_exit_is_never_paid(proof, payday, rotate):
    asked = house.ask(TWO, 200_000, wallet=6)
    payouts.batch(queue=jobs.queue_batch)

    assert exit_with(proof)
    rotate()
    payday()
    payday()

    asked.refresh_from_db()
    assert received(6) == house.balance(TWO, "WORLD") == 200_000
    assert statements.totals(purses.find(TWO))["paid"] == 200_000
    assert asked.state == "RETURNED"
    assert jobs.prove().ok


def test_nor_is_one_whose_root_owes_what_was_taken_out(proof, payday, rotate):
    house.ask(ONE, 100_000, wallet=5)
    late = payouts.batch(queue=jobs.queue_batch)

    assert exit_with(proof)
    rotate()
    payday()

    late.chain_tx.refresh_from_db()
    assert late.chain_tx.state == ChainTx.State.FAILED
    assert house.balance(ONE, "EARNED") == 300_000
    house.ask(ONE, 100_000, wallet=5)
    payday()
    assert received(5) == 100_000
    assert solvency.latest().total_units == 200_000
    assert jobs.prove().ok


def test_nothing_is_signed_before_the_exits_of_its_time_are_read(proof, rotate, mine):
    house.ask(TWO, 200_000, wallet=6)
    payouts.batch(queue=jobs.queue_batch)

    assert exit_with(proof)
    rotate()
    mine(3)
    jobs.pump_payouts()  # and the watcher sleeps

    assert ChainTx.objects.filter(state="READY").count() == 1
    assert received(6) == 200_000


def test_who_asked_for_a_payout_to_another_wallet_has_it_back_before_an_exit(proof, payday, rotate):
    asked = house.ask(TWO, 200_000, wallet=8)
    before = received(8)

    assert exit_with(proof)
    rotate()
    payday()

    asked.refresh_from_db()
    assert asked.state == "RETURNED"
    assert received(8) == before
    assert house.balance(TWO, "WORLD") == 200_000
    assert jobs.prove().ok


def test_one_that_a_batch_had_taken_up_comes_back_as_well(proof, payday, rotate):
    asked = house.ask(TWO, 200_000, wallet=8)
    payouts.batch(queue=jobs.queue_batch)
    before = received(8)

    assert exit_with(proof)
    rotate()
    payday()

    asked.refresh_from_db()
    assert (asked.state, received(8)) == ("RETURNED", before)
    assert house.balance(TWO, "WORLD") == 200_000
    assert jobs.prove().ok


def test_a_batch_of_a_lost_key_that_nobody_mines_does_not_hold_up_the_exit(
    proof, payday, chain, rotate
):
    payer = signer.dev_account(signer.PAYER_INDEX).address
    wealth = chain.call("eth_getBalance", payer, "latest")
    asked = house.ask(TWO, 200_000, wallet=6)
    chain.call("anvil_setBalance", payer, "0x0")
    jobs.pump_payouts()
    assert ChainTx.objects.filter(state="SIGNED").count() == 1

    assert exit_with(proof)
    rotate()
    payday()
    long_ago = timezone.now() - timedelta(hours=1)
    ChainTx.objects.filter(state="SIGNED").update(signed_at=long_ago)
    payday()

    asked.refresh_from_db()
    assert (asked.state, house.balance(TWO, "WORLD")) == ("RETURNED", 200_000)
    house.ask(ONE, 100_000, wallet=5)
    payday()
    assert received(5) == 100_000
    assert jobs.prove().ok
    chain.call("anvil_setBalance", payer, wealth)


def test_an_exit_is_of_whom_the_root_owes_at_this_wallet(earned, payday, chain):
    wallets.name(ONE, Wallet(6).address)
    wallets.name(ONE, Wallet(5).address)  # before anything was owed at TWO's
    jobs.record_owed()
    payday()
    (proof,) = [one for one in solvency.proofs(TWO) if one["account"] == Wallet(6).address]
    silence(chain)

    assert exit_with(proof)
    payday()

    assert house.balance(ONE, "EARNED") == 300_000
    assert house.balance(TWO, "WORLD") == 200_000
    assert jobs.prove().ok


def test_also_when_they_have_named_another_wallet_since(proof, payday):
    wallets.name(TWO, Wallet(8).address)

    assert exit_with(proof)
    payday()

    assert house.balance(TWO, "WORLD") == 200_000
    assert jobs.prove().ok


def test_the_proofs_are_of_the_root_that_the_next_payer_recorded(earned, payday, rotate):
    for _ in range(2):
        house.ask(ONE, 20_000, wallet=5)
        payday()
    rotate()
    house.ask(ONE, 20_000, wallet=5)
    payday()

    assert Batch.objects.count() == Payout.objects.filter(state="PAID").count() == 3
    (proof,) = solvency.proofs(TWO)
    assert proof["balances_root"] == vault.balances_root(Network.objects.get().vault_address)


def test_what_an_exit_took_no_later_batch_names(proof, payday, rotate, earned):
    """Earnings leave in the order they came, also those that left with a proof."""
    before = Line.objects.get(account__purse__holder=TWO, up_to_units=200_000).entry.key
    assert exit_with(proof)
    rotate()
    payday()
    after = house.earn(TWO, 70_000, purse_id=earned)
    paid = house.ask(TWO, 70_000, wallet=6)
    payday()

    paid.refresh_from_db()
    exit_hash = ChainEvent.objects.get(name="Exited").tx_hash
    known = escrow.payments_of([before, after])
    assert [known[key]["tx_hash"] for key in (before, after)] == [exit_hash, paid.tx_hash]
    assert solvency.latest().labels == [[after, 70_000]]
    assert [work.key for work in receipts.of(paid.pk, holder=TWO).works] == [after]
    assert jobs.prove().ok


def test_an_export_of_what_was_taken_out_says_so_and_is_proved(
    proof, payday, rotate, earned, verify
):
    keys = [Line.objects.get(account__purse__holder=TWO, up_to_units=200_000).entry.key]
    assert exit_with(proof)
    rotate()
    payday()
    keys.append(house.earn(TWO, 70_000, purse_id=earned))
    house.ask(TWO, 70_000, wallet=6)
    payday()
    paid = escrow.payments_of(keys)
    made = [{"release_key": key, "tx_hash": paid[key]["tx_hash"]} for key in keys]
    rows = [{"annotations": [one]} for one in made]
    batch, taken = escrow.anchors_of(keys)

    said = verify(rows, [batch, taken])
    assert "ok   exit      labels: 1, paid by" in said
    assert f"by an exit of 0.20 to {Wallet(6).address}; these are 0.20 of it" in said
    assert said.endswith("The export is proved.\n")
    assert "BAD  exit" in verify(rows, [batch, taken, taken])  # more than it was, together
    more = {**taken, "labels": [{**taken["labels"][0], "units": 200_001}]}
    assert "BAD  exit" in verify(rows, [batch, more])
    assert "BAD  exit" in verify(rows, [batch, {**taken, "account": Wallet(5).address}])
    assert "BAD  exit" in verify(rows, [batch, {**taken, "tx_hash": batch["tx_hash"]}])
    assert "of these not proved: 1" in verify(rows, [batch])
    assert "not whole" in verify(rows, [batch, {**taken, "labels": [{"key": keys[0]}]}])
    assert "not whole" in verify(rows, [batch, {**taken, "labels": [7]}])
