"""What was earned is in the vault's root also while nobody asks for money."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from payments import jobs, roots, solvency, trees, wallets
from payments.admin import front
from payments.chain import client, signer, vault
from payments.chain.errors import Unreachable
from payments.chain.wallet import Wallet
from payments.contracts import artefacts
from payments.models import Batch, ChainEvent, ChainTx, Network, Owed, Payout
from people.models import User
from tests.payments import house
from tests.payments.test_solvency import (
    ONE,
    THREE,
    TWO,
    called,
    earned,
    exit_with,
    payday,
    silence,
)

__all__ = ["earned", "payday"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def age(batches, by):
    """They were made so much earlier."""
    batches.update(created_at=F("created_at") - by)


def recorded_root():
    return vault.balances_root(Network.objects.get().vault_address)


def test_who_never_asked_takes_out_what_they_earned_when_the_house_is_silent(
    earned, payday, chain, mine
):
    assert solvency.proofs(TWO) == []
    assert jobs.record_owed()
    payday()

    owed = solvency.latest()
    assert (owed.total_units, owed.homeless_units) == (200_000, 350_000)
    assert recorded_root() == owed.balances_root
    assert not Payout.objects.exists()
    assert jobs.prove().ok
    (proof,) = solvency.proofs(TWO)
    silence(chain)
    assert exit_with(proof)
    payday()
    assert house.balance(TWO, "WORLD") == 200_000
    assert jobs.prove().ok


def test_what_was_earned_since_the_last_batch_is_recorded_a_day_later(earned, payday):
    house.ask(ONE, 100_000, wallet=5)
    payday()
    house.earn(TWO, 70_000, purse_id=earned)

    assert not jobs.record_owed()
    age(Batch.objects, DAY)
    assert jobs.record_owed()
    payday()

    (proof,) = solvency.proofs(TWO)
    assert proof["units"] == 270_000
    assert recorded_root() == proof["balances_root"]
    assert not jobs.record_owed()


@contextmanager
def short_of_money(chain, units):
    """The vault has lost this much, as by a token that takes it, and gets it back."""
    network, elsewhere = Network.objects.get(), Wallet(9)
    token = client.web3().eth.contract(network.token_address, abi=artefacts.load("TestToken").abi)
    chain.call("anvil_impersonateAccount", network.vault_address)
    chain.call("anvil_setBalance", network.vault_address, hex(10**18))
    gone = token.functions.transfer(elsewhere.address, units)
    gone.transact({"from": network.vault_address})
    yield
    token.functions.transfer(network.vault_address, units).transact({"from": elsewhere.address})
    chain.mine()


def test_what_came_back_does_not_wait_a_day_for_its_root(earned, payday, chain):
    """The batch's root calls it paid: who was skipped had no way out until the next day."""
    asked = house.ask(ONE, 100_000, wallet=5)
    with short_of_money(chain, 950_000):
        payday()
    asked.refresh_from_db()
    assert asked.state == Payout.State.RETURNED
    assert [Wallet(5).address, 200_000] in solvency.latest().balances

    assert jobs.record_owed()
    payday()

    assert [Wallet(5).address, 300_000] in solvency.latest().balances
    house.earn(TWO, 70_000, purse_id=earned)
    assert not jobs.record_owed()


def test_what_did_not_change_is_recorded_before_the_vault_takes_us_for_gone(earned, payday):
    assert jobs.record_owed()
    payday()
    age(Batch.objects, 9 * DAY)
    assert not jobs.record_owed()

    age(Batch.objects, DAY)
    assert jobs.record_owed()
    payday()

    first, second = Owed.objects.order_by("batch__number")
    assert first.balances_root == second.balances_root
    assert jobs.prove().ok


STOLEN = 1  # the account that pays


@pytest.mark.broken_book
@pytest.mark.parametrize("is_anybody_owed", [True, False])
def test_a_root_that_a_thief_recorded_is_replaced(payday, chain, monkeypatch, is_anybody_owed):
    """With the stolen key, before the owner rotated it: by an exit all would have been theirs."""
    purse_id = house.deposited(1_000_000)
    payday()
    if is_anybody_owed:
        house.earn(TWO, 200_000, purse_id=purse_id)
        wallets.name(TWO, Wallet(6).address)
        assert jobs.record_owed()
        payday()
    before = recorded_root()
    theirs = trees.leaf(bytes.fromhex(Wallet(9).address[2:]), 1_000_000)
    assert called("pay", 999, [], theirs, b"\0" * 32, sender=STOLEN)
    assert called("set_payer", Wallet(7).address, sender=0)
    monkeypatch.setattr(signer, "PAYER_INDEX", 7)
    jobs.scan_deposits()
    Network.objects.update(paused_at=None)  # a person has looked
    age(Batch.objects, DAY)

    assert jobs.record_owed()
    payday()

    assert recorded_root() == before
    assert not jobs.prove().ok  # names the batch that is none of ours
    silence(chain)
    assert not called("exit", Wallet(9).address, 1_000_000, [])


def test_a_house_that_owes_nobody_anything_records_nothing(payday):
    purse_id = house.deposited(100_000)
    payday()
    house.earn(THREE, 100_000, purse_id=purse_id)  # who has named no wallet

    assert not jobs.record_owed()
    assert not Batch.objects.exists()


def test_one_batch_at_a_time(earned, payday):
    assert jobs.record_owed()
    age(Batch.objects, 10 * DAY)

    assert not jobs.record_owed()


def test_not_while_an_exit_is_not_in_the_book(earned):
    ChainEvent.objects.create(
        name="Exited",
        block_number=1,
        block_hash="0xb",
        tx_hash="0xa",
        log_index=0,
        payload={"account": "0x0", "amount": "1", "balances_root": "0x0"},
    )

    assert not jobs.record_owed()


def test_not_while_payouts_are_paused(earned):
    Network.objects.update(paused_at=timezone.now(), paused_for="a look")

    assert not jobs.record_owed()
    assert not Batch.objects.exists()


def test_a_house_that_falls_silent_is_told_long_before_its_vault_opens(earned, payday):
    """Whatever keeps batches back: a pause, an empty payer, a lost key."""
    assert roots.quiet_since() is None
    assert jobs.record_owed()
    payday()
    assert roots.quiet_since() is None
    since = timezone.now() - timedelta(days=roots.QUIET_DAYS, minutes=1)
    ChainTx.objects.update(confirmed_at=since)

    assert roots.quiet_since() == since
    assert [one["text"] for one in front.alarms(User(is_superuser=True, is_active=True))] == [
        "No batch was paid for 1\xa0week, 4\xa0days. Once that is the vault's exit delay (30 "
        "days), whoever was owed money then can take it out, even if it is promised to others by "
        "now."
    ]
    Owed.objects.update(total_units=0)
    assert roots.quiet_since() is None


def test_without_a_chain_it_waits(earned, monkeypatch, caplog):
    def down():
        raise Unreachable("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(client, "chain_id", down)
        assert not jobs.record_owed()
    assert "What is owed is not recorded" in caplog.text
