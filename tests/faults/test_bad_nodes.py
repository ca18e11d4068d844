"""A node that lies, stumbles or lags. What is unknown stays unknown, until a good answer comes."""

import time

import pytest

from payments import jobs
from payments.models import ChainTx, Payout
from tests.faults import gateway
from tests.faults.gateway import Bad

SECONDS = 1  # that a node may take
LOST_UNITS = 90_000
CALLS = {
    jobs.scan_deposits: ["eth_chainId", "eth_blockNumber", "eth_getBlockByNumber", "eth_getLogs"],
    jobs.pump_payouts: [
        *("eth_chainId", "eth_call", "eth_getTransactionCount", "eth_getBlockByNumber"),
        *("eth_maxPriorityFeePerGas", "eth_sendRawTransaction", "eth_blockNumber"),
        "eth_getTransactionReceipt",
    ],
}
GARBAGE = {
    "status 500": Bad(500, b"oops"),
    "status 429": Bad(429, b"slow down"),
    "a page of HTML": Bad(200, b"<html>maintenance</html>"),
    "half of a JSON": Bad(200, b'{"jsonrpc": "2.0", "resu'),
    "nothing": Bad(200, b""),
    "null": Bad(200, b"null"),
    "a redirect": Bad(302, b"", Location="http://127.0.0.1:9/"),
}


@pytest.fixture
def road(payday, settings):
    """All calls go this way from now on."""
    with gateway.opened(settings.CHAIN_RPC_URL) as found:
        settings.CHAIN_RPC_URL, settings.CHAIN_TIMEOUT_SECONDS = found.url, SECONDS
        yield found


def paid(payday, payout):
    payday.repair(payout)
    payday.assert_paid_once([payout])
    return payday.txs().get()


def once(method, do):
    """The first call of this method goes as `do` says, all others go well."""
    hits = []

    def rule(call, forward):
        if call["method"] != method or hits:
            return forward()
        hits.append(method)
        return do(call, forward)

    rule.hits = hits
    return rule


@pytest.mark.parametrize(
    ("job", "method"),
    [pytest.param(job, one, id=f"{one} of {job.__name__}") for job in CALLS for one in CALLS[job]],
)
def test_a_call_answered_with_status_500(payday, road, job, method):
    payout = payday.ask()

    def failing(call, forward):
        raise Bad(500, b"oops")

    rule = once(method, failing)
    for _ in range(3):
        for one in CALLS:
            road.rule = rule if one == job else gateway.honest
            one()
        payday.mine()
    road.rule = gateway.honest

    assert rule.hits
    paid(payday, payout)


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_broadcast_taken_and_answered_with(payday, road, kind):
    """The node has the tx and says something that is no answer."""
    payout = payday.ask()

    def taken(call, forward):
        forward()
        raise GARBAGE[kind]

    road.rule = once("eth_sendRawTransaction", taken)
    payday.run()

    assert len(paid(payday, payout).hashes) == 1


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_node_that_answers_every_call_with(payday, road, kind):
    payout = payday.ask()

    def broken(call, forward):
        raise GARBAGE[kind]

    road.rule = broken
    payday.run(rounds=2)
    road.rule = gateway.honest

    paid(payday, payout)


def test_a_timeout_after_the_node_took_the_tx(payday, road):
    """What is sent again are the same bytes."""
    payout, sent = payday.ask(), []

    def late(call, forward):
        found = forward()
        if call["method"] == "eth_sendRawTransaction":
            sent.append(call["params"])
            time.sleep(SECONDS * 1.5 if len(sent) == 1 else 0)
        return found

    road.rule = late
    payday.jobs_alone()

    assert payday.txs().get().state == ChainTx.State.SIGNED
    assert len(paid(payday, payout).hashes) == 1
    assert sent == [sent[0]] * 2


def test_a_node_that_is_down(payday, settings):
    """Nobody listens at its address."""
    payout, node_url = payday.ask(), settings.CHAIN_RPC_URL
    with gateway.opened(node_url) as gone:
        settings.CHAIN_RPC_URL = gone.url
    payday.run(rounds=2)
    payout.refresh_from_db()

    assert payout.state == Payout.State.REQUESTED
    settings.CHAIN_RPC_URL = node_url
    paid(payday, payout)


def test_a_timeout_before_the_node_took_the_tx(payday, road):
    payout = payday.ask()

    def lost(call, forward):
        time.sleep(SECONDS * 1.5)
        raise Bad(500)

    road.rule = once("eth_sendRawTransaction", lost)
    payday.jobs_alone()

    assert payday.txs().get().state == ChainTx.State.SIGNED
    paid(payday, payout)


def test_a_tx_that_the_node_says_it_took_and_dropped(payday, road):
    payout = payday.ask()

    def dropped(call, forward):
        return {"jsonrpc": "2.0", "id": call["id"], "result": "0x" + "1" * 64}

    road.rule = once("eth_sendRawTransaction", dropped)

    payday.jobs_alone()

    assert payday.txs().get().state == ChainTx.State.SENT
    assert len(paid(payday, payout).hashes) == 1


def test_a_node_on_another_chain(payday, road):
    payout = payday.ask()

    def elsewhere(call, forward):
        found = forward()
        return found | {"result": "0x1"} if call["method"] == "eth_chainId" else found

    road.rule = elsewhere
    payday.run()
    road.rule = gateway.honest

    assert "eth_sendRawTransaction" not in road.seen
    assert not payday.txs().exists()
    paid(payday, payout)


@pytest.mark.parametrize("blocks", [1, 3, 10])
def test_a_node_that_lags_behind(payday, road, blocks):
    """It knows nothing of the newest blocks, and says so as if there were nothing to know."""
    payout = payday.ask()
    payday.jobs_alone()
    payday.mine(1)

    def behind(call, forward):
        head = int(road.ask(b'{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}')["result"], 16)
        found, limit = forward(), head - blocks
        if call["method"] == "eth_blockNumber":
            return found | {"result": hex(limit)}
        young = isinstance(found.get("result"), dict) and (
            int(found["result"].get("blockNumber") or found["result"].get("number") or "0x0", 16)
            > limit
        )
        return found | {"result": None} if young else found

    road.rule = behind
    payday.run()
    road.rule = gateway.honest

    paid(payday, payout)


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_a_node_restarted_from_an_older_state(payday, chain, rounds):
    """What it had mined since is gone; blocks of the same numbers come again, and others."""
    payout = payday.ask()
    snapshot = chain.call("evm_snapshot")
    payday.deposit(LOST_UNITS)
    payday.jobs_alone()
    payday.mine(rounds)

    assert chain.call("evm_revert", snapshot)
    payday.expect(-LOST_UNITS)
    payday.mine(1)

    assert len(paid(payday, payout).hashes) == 1


def test_a_node_without_its_mempool(payday, chain):
    payout = payday.ask()
    chain.call("evm_setAutomine", False)
    payday.jobs_alone()
    assert payday.txs().get().state == ChainTx.State.SENT

    chain.call("anvil_dropAllTransactions")
    chain.call("evm_setAutomine", True)

    assert len(paid(payday, payout).hashes) == 1
    assert payout.state == Payout.State.PAID
