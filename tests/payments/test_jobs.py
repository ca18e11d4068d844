"""Jobs: twice, and twice at once, is once."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from payments import escrow, jobs
from payments.chain.wallet import Wallet
from payments.models import ChainTx, Payout
from tests.payments import house
from tests.races import money

PERSON = "person:1"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_pay_once(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    money.at_once(jobs.scan_deposits, jobs.scan_deposits)
    assert escrow.balances(purse_id)["FUNDS"] == 1_000_000
    house.earn(PERSON, 500_000, purse_id=purse_id)
    payouts = [house.ask(PERSON, 100_000) for _ in range(5)]

    for _ in range(4):
        ends = money.at_once(*[jobs.pump_payouts] * 3)
        assert not any(isinstance(end, Exception) for end in ends), ends
        mine(2)

    states = Payout.objects.values_list("state", flat=True)
    assert list(states) == ["PAID"] * len(payouts)
    assert Wallet.token_balance(Wallet(house.WALLET).address) == 500_000
    assert set(ChainTx.objects.values_list("state", flat=True)) == {"CONFIRMED"}
    assert jobs.prove().ok


@pytest.mark.django_db
def test_the_clock_reconciles_without_a_chain_too(settings, caplog):
    settings.CHAIN_RPC_URL = "http://127.0.0.1:1"
    house.project(funds_units=100)

    assert jobs.reconcile() is True
    assert "Reconciled without the chain" in caplog.text


@pytest.mark.django_db
def test_a_deposit_by_hand_wants_an_amount():
    purse_id = house.project()

    with pytest.raises(CommandError, match="Write an amount"):
        call_command("deposit", str(purse_id), "a lot")
