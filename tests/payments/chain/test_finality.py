"""What is money: so many blocks on top, or what the network itself calls final."""

import time

import pytest

from payments import escrow, jobs
from payments.chain import client, sender
from payments.models import ChainTx
from tests.conftest import MINED_SECONDS
from tests.faults import gateway
from tests.payments import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def finalized(chain, settings):
    """The network calls this block final; at first the very first one."""
    with gateway.opened(chain.url) as road:
        road.final = 0

        def rule(call, forward):
            if call["method"] == "eth_getBlockByNumber" and call["params"][0] == "finalized":
                block = {"number": hex(road.final), "hash": "0x" + "1" * 64}
                return {"jsonrpc": "2.0", "id": call["id"], "result": block}
            return forward()

        road.rule = rule
        settings.CHAIN_RPC_URL, settings.CHAIN_FINALITY = road.url, "finalized"
        yield road


def test_by_depth_it_is_what_the_settings_say(chain, settings):
    settings.CHAIN_CONFIRMATIONS = 7

    assert client.depth(client.head()) == 7


@pytest.mark.parametrize(("final", "depth"), [(0, 50), (40, 10), (47, 3), (49, 3), (60, 3)])
def test_by_the_network_it_is_what_is_final_and_so_deep_at_least(finalized, settings, final, depth):
    settings.CHAIN_CONFIRMATIONS, finalized.final = 3, final

    assert client.depth(50) == depth


def test_a_payout_is_paid_once_its_block_is_final(finalized, queued, mine):
    tx = queued()
    sender.advance()
    mined_at, states = mined_block(tx), []
    mine(20)
    for finalized.final in (mined_at - 1, mined_at):
        sender.advance()
        tx.refresh_from_db()
        states.append(tx.state)

    assert states == ["SENT", "CONFIRMED"]


def test_final_or_not_it_needs_its_least_depth(finalized, queued, mine, settings):
    settings.CHAIN_CONFIRMATIONS = 2
    tx = queued()
    sender.advance()
    finalized.final, states = mined_block(tx), []
    for _ in range(3):
        sender.advance()
        tx.refresh_from_db()
        states.append(tx.state)
        mine()

    assert states == ["SENT", "SENT", "CONFIRMED"]


def test_a_deposit_is_money_once_its_block_is_final(finalized, mine):
    purse_id = house.deposited(1_000)
    deposited_at, settled = client.head(), []
    mine(20)
    for finalized.final in (deposited_at - 1, deposited_at):
        settled.append(jobs.scan_deposits())

    assert settled == [0, 1]
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_a_node_that_knows_of_no_finality_settles_nothing(chain, queued, mine, settings):
    tx = queued()
    sender.advance()
    mine(20)
    settings.CHAIN_FINALITY = "finalized"
    with gateway.opened(chain.url) as road:
        road.rule = lambda call, forward: (
            {"jsonrpc": "2.0", "id": call["id"], "result": None}
            if "finalized" in call.get("params", [])
            else forward()
        )
        settings.CHAIN_RPC_URL = road.url
        jobs.pump_payouts()

    assert ChainTx.objects.get(pk=tx.pk).state == ChainTx.State.SENT


def mined_block(tx):
    """The number of the block that the chain, in a moment of its own, has put the tx in."""
    tx.refresh_from_db()
    while not (receipt := client.receipt(tx.tx_hash)):
        time.sleep(MINED_SECONDS)
    return receipt["blockNumber"]
