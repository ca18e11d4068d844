"""Answers of another shape than they should be: no answer, said as such, and nothing else."""

from contextlib import suppress

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from payments import escrow, jobs
from payments.chain import checkup, client, facts, vault, watcher
from payments.chain.errors import ChainError
from payments.models import ChainTx, Network
from tests.faults import gateway
from tests.payments import house

pytestmark = pytest.mark.django_db
JUNK = [
    *(None, True, False, 0, -1, 1.5, 2**300, "", "0x", "0xzz", "12", "-0x1", "\0", "\ud800"),
    *([], [None], [[]], [{}], {}, {"hash": None}, {"number": []}, ["0x1"], "0x" + "f" * 64),
    *(float("inf"), float("nan"), "0x" + "f" * 63 + "0" * 200, {"message": "\0"}),
]
ASKED = {
    "chain_id": client.chain_id,
    "head": client.head,
    "block": lambda: client.block(1),
    "gas limit": client.gas_limit,
    "gas money": lambda: client.gas_money(vault_address()),
    "fees": client.fees,
    "nonce": lambda: client.nonce(vault_address()),
    "nonce at a block": lambda: client.nonce(vault_address(), block_number=1),
    "logs": lambda: client.logs(vault_address(), from_block=0, to_block=0),
    "logs of a block": lambda: client.logs_of_block(vault_address(), "0x" + "1" * 64),
    "receipt": lambda: client.receipt("0x" + "1" * 64),
    "tx": lambda: client.is_known("0x" + "1" * 64),
    "code": lambda: client.code(vault_address()),
    "hash": lambda: client.agreed_hash(1),
    "payer": vault.payer,
    "cap": vault.daily_cap,
    "paid today": vault.paid_today,
    "balance": vault.token_balance,
    "decimals": lambda: vault.decimals(vault_address()),
    "root": lambda: vault.balances_root(vault_address()),
    "version": lambda: vault.version(vault_address()),
    "owner": lambda: facts.owner(vault_address()),
    "exit delay": lambda: facts.exit_delay_seconds(vault_address()),
    "our vault": lambda: facts.is_our_vault(vault_address()),
    "permits": lambda: facts.permit_domain(vault_address()),
    "depth": lambda: client.depth(5),
    "scan": watcher.scan,
}


def vault_address():
    return Network.objects.get().vault_address


@pytest.fixture
def road(chain, settings):
    """The one way to the chain, which may be given a rule; what is final is asked for, too."""
    with gateway.opened(chain.url) as found:
        settings.CHAIN_RPC_URL, settings.CHAIN_FINALITY = found.url, "finalized"
        yield found


def junk(result):
    def rule(call, forward):
        return {"jsonrpc": "2.0", "id": call["id"], "result": result}

    return rule


@pytest.mark.parametrize("result", JUNK, ids=repr)
def test_whatever_is_asked_the_answer_is_one_or_none(road, result):
    """An answer as it should be is fine, too: zero is a balance."""
    road.rule = junk(result)

    for ask in ASKED.values():
        with suppress(ChainError):
            ask()


@pytest.mark.parametrize("result", JUNK, ids=repr)
def test_whoever_looks_a_network_over_is_told(road, result):
    road.rule = junk(result)

    assert not all(one.is_good for one in checkup.findings())
    with pytest.raises(CommandError):
        call_command("network", "check")


@pytest.mark.parametrize("result", JUNK, ids=repr)
def test_the_jobs_go_on(road, mine, settings, result):
    purse_id = house.deposited(50_000)
    mine(3)
    settings.CHAIN_FINALITY = "depth"
    jobs.scan_deposits()
    settings.CHAIN_FINALITY = "finalized"
    house.earn("person:1", 20_000, purse_id=purse_id)
    payout = house.ask("person:1", 20_000)
    road.rule = junk(result)
    for _ in range(2):
        jobs.scan_deposits()
        jobs.pump_payouts()
        jobs.record_owed()
        jobs.watch_gas()

    road.rule, settings.CHAIN_FINALITY = gateway.honest, "depth"
    mine(3)
    for _ in range(3):
        jobs.scan_deposits()
        jobs.pump_payouts()
        mine(3)
    payout.refresh_from_db()
    assert (payout.state, ChainTx.objects.count()) == ("PAID", 1)
    assert escrow.balances(purse_id)["FUNDS"] == 30_000
