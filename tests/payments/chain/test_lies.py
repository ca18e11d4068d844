"""One of two endpoints lies, the other is honest: nobody is paid, or unpaid, on its word."""

import pytest

from payments import escrow, jobs
from payments.chain import client, deploy, endpoints, sender, vault, watcher
from payments.chain.errors import Behind, Disagreement, Unreachable
from payments.chain.wallet import Wallet
from payments.models import ChainEvent, ChainTx, Network, ScannedBlock
from tests.faults import gateway
from tests.payments import house
from tests.payments.chain.conftest import nobody
from tests.payments.chain.test_endpoints import broken, changes, roads, says

__all__ = ["roads"]
pytestmark = pytest.mark.django_db
State = ChainTx.State
FAKE = "0x" + "f" * 64


@pytest.fixture
def road(chain, settings):
    """The one way to the chain; it may be given a rule."""
    with gateway.opened(chain.url) as found:
        settings.CHAIN_RPC_URL = found.url
        yield found


def asked_of(chain, number):
    return chain.call("eth_getBlockByNumber", hex(number), False)


def answers(**results):
    """A rule: these methods are answered so (a value, or a function of the call), others well."""

    def rule(call, forward):
        if call["method"] not in results:
            return forward()
        found = results[call["method"]]
        if callable(found):
            found = found(call, forward)
        return {"jsonrpc": "2.0", "id": call["id"], "result": found}

    return rule


def ended(chain, tx, *, status, logs=()):
    """A receipt of a tx that was never mined, in a block that there is."""
    block = asked_of(chain, client.head() - 5)
    place = {"blockHash": block["hash"], "blockNumber": block["number"]}
    own = {"transactionHash": tx.tx_hash, "transactionIndex": "0x0", "removed": False}
    return {
        **place,
        **own,
        "status": status,
        "from": tx.sender.lower(),
        "to": tx.to.lower(),
        "contractAddress": None,
        "cumulativeGasUsed": "0x5208",
        "gasUsed": "0x5208",
        "effectiveGasPrice": "0x1",
        "logsBloom": "0x" + "0" * 512,
        "type": "0x2",
        "logs": [{**place, **own, "logIndex": hex(n), **one} for n, one in enumerate(logs)],
    }


@pytest.mark.parametrize("position", [0, 1])
def test_a_tx_that_waits_does_not_end_because_one_says_that_it_failed(
    queued, run, chain, roads, by_hand, position
):
    """Its payees would get their money back, and then it would be mined."""
    chain.mine(10)
    tx = queued()
    sender.advance()
    tx.refresh_from_db()
    roads[position].rule = answers(eth_getTransactionReceipt=ended(chain, tx, status="0x0"))

    sender.advance()

    tx.refresh_from_db()
    assert tx.state == State.SENT
    if position == 0:
        assert tx.error == "An endpoint knows of no end of this tx yet: it is not settled before."
    roads[position].rule = gateway.honest
    chain.mine(1)
    assert run(tx).state == State.CONFIRMED
    assert Wallet.token_balance(nobody(1)) == 500


@pytest.mark.parametrize("silent", [broken, says("header not found", code=-32000)])
@pytest.mark.parametrize("method", ["eth_getTransactionCount", "eth_call"])
def test_a_nonce_is_gone_for_good_when_all_say_so(
    queued, run, chain, roads, by_hand, silent, method
):
    """A tx that waits would be called dead by one while the other one cannot be heard."""
    chain.mine(10)
    tx = queued()
    sender.advance()
    tx.refresh_from_db()
    lie = {
        "eth_getTransactionReceipt": None,
        "eth_getTransactionByHash": None,
        "eth_getTransactionCount": hex((tx.nonce or 0) + 1),
        "eth_call": "0x" + "0" * 64,
    }
    roads[0].rule = answers(**lie)
    roads[1].rule = lambda call, forward: (
        silent(call, forward) if call["method"] == method else answers(**lie)(call, forward)
    )

    sender.advance()

    tx.refresh_from_db()
    assert tx.state == State.SENT
    for road in roads:
        road.rule = gateway.honest
    chain.mine(1)
    assert run(tx).state == State.CONFIRMED


# --- Deposits -------------------------------------------------------------------------------


def deposit_log(chain, **changed):
    """The last deposit's log as the chain has it, with something else in it."""
    query = {"address": Network.objects.get().vault_address, "fromBlock": "0x0"}
    logs = [one for one in chain.call("eth_getLogs", query) if one["data"] != "0x"]
    return {**logs[-1], **changed}


def read_far(monkeypatch, blocks=4):
    """Most of the chain is far from the head, and read many blocks at once."""
    monkeypatch.setattr(watcher, "NEAR_BLOCKS", blocks)


def test_a_deposit_in_a_block_that_there_is_not_is_no_money(chain, mine, roads, monkeypatch):
    """The other one cannot say anything about a block of this hash."""
    read_far(monkeypatch)
    purse_id = house.deposited(1_000)
    mine(20)
    twice = deposit_log(chain, blockHash=FAKE, transactionHash=FAKE, logIndex="0x7")
    monkeypatch.setattr(endpoints, "alike", lambda answers, subject: answers[0])  # when it was read
    roads[0].rule = changes(
        "eth_getLogs", lambda logs: [*logs, twice] if len(logs) > 1 or logs else logs
    )
    watcher.scan()
    monkeypatch.undo()
    for road in roads:
        road.rule = gateway.honest

    assert jobs.scan_deposits() == 0
    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


@pytest.mark.parametrize("far", [True, False])
@pytest.mark.parametrize("position", [0, 1])
def test_a_deposit_that_one_leaves_out_is_missed(chain, mine, roads, monkeypatch, position, far):
    if far:
        read_far(monkeypatch)
    purse_id = house.deposited(1_000)
    mine(20)
    roads[position].rule = changes("eth_getLogs", lambda logs: [])

    with pytest.raises(Disagreement):
        watcher.scan()

    roads[position].rule = gateway.honest
    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def future(chain, blocks):
    """A rule: so many blocks more than there are, each the child of the one before."""
    head = int(chain.call("eth_blockNumber"), 16)

    def made(number):
        parent = asked_of(chain, head)["hash"] if number == head + 1 else f"0x{number - 1:064x}"
        block = {**asked_of(chain, head), "number": hex(number), "hash": f"0x{number:064x}"}
        return {**block, "parentHash": parent}

    def rule(call, forward):
        found = forward()
        if call["method"] == "eth_blockNumber":
            return found | {"result": hex(head + blocks)}
        wanted = call["params"][0] if call["method"] == "eth_getBlockByNumber" else ""
        if wanted.startswith("0x") and int(wanted, 16) > head:
            return found | {"result": made(int(wanted, 16))}
        if call["method"] == "eth_getLogs" and "result" not in found:
            return {"jsonrpc": "2.0", "id": call["id"], "result": []}
        return found

    return rule


def test_blocks_that_only_one_has_make_nothing_deep_enough(chain, queued, roads):
    purse_id = house.deposited(1_000)
    tx = queued()
    sender.advance()
    roads[0].rule = future(chain, 10)

    for _ in range(3):
        jobs.scan_deposits()
        jobs.pump_payouts()

    tx.refresh_from_db()
    assert tx.state == State.SENT
    assert escrow.balances(purse_id) == {}
    assert ScannedBlock.objects.latest("number").number == client.head()


def test_blocks_that_were_read_of_one_make_nothing_deep_enough(chain, mine, roads, settings):
    """Read while the other one could not be heard: when it can be, its head counts."""
    settings.CHAIN_VOICES = 1
    purse_id = house.deposited(1_000)
    roads[0].rule, roads[1].rule = future(chain, 10), broken
    watcher.scan()
    roads[1].rule = gateway.honest

    jobs.scan_deposits()
    assert escrow.balances(purse_id) == {}

    roads[0].rule = gateway.honest
    mine(3)
    for _ in range(2):
        jobs.scan_deposits()
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_final_is_what_is_final_for_all(chain, roads, settings):
    settings.CHAIN_FINALITY = "finalized"
    chain.mine(10)
    head = client.head()
    for road, number in zip(roads, (head, head - 7), strict=True):
        road.rule = lambda call, forward, number=number: (
            answers(eth_getBlockByNumber={"number": hex(number)})(call, forward)
            if "finalized" in call.get("params", [])
            else forward()
        )

    assert client.depth(head) == 7


def test_one_that_answers_and_has_not_got_a_block_is_waited_for(chain, roads):
    chain.mine(3)
    roads[1].rule = answers(eth_getBlockByNumber=None)

    with pytest.raises(Behind, match="has no block 2 yet"):
        client.agree(2)


def test_of_two_one_alone_settles_nothing(chain, mine, roads):
    purse_id = house.deposited(1_000)
    mine(3)
    roads[1].rule = broken
    assert jobs.scan_deposits() == 0

    roads[1].rule = gateway.honest
    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_an_endpoint_that_is_named_twice_is_one(settings):
    settings.CHAIN_RPC_URL = "http://a/,http://b/, http://a/"

    assert endpoints.configured() == ["http://a/", "http://b/"]


@pytest.mark.parametrize("position", [0, 1])
def test_a_vault_that_one_endpoint_calls_full_holds_what_the_other_says(
    chain, mine, roads, position
):
    """A hole in the vault would be proved away by whoever is asked first."""
    house.deposited(1_000)
    mine(3)
    jobs.scan_deposits()
    roads[position].rule = answers(eth_call="0x" + "f" * 64)

    assert vault.token_balance(block_number=client.head()) == 1_000
    report = jobs.prove()
    assert (report.figures["in_vault"], report.figures["surplus"]) == ("0.001", "0.00")
    assert jobs.reconcile()


# --- What is signed -------------------------------------------------------------------------


def test_a_nonce_that_one_makes_up_is_not_signed(queued, run, roads):
    roads[0].rule = changes("eth_getTransactionCount", lambda count: hex(int(count, 16) + 500))

    assert run(queued()).state == State.CONFIRMED


def test_a_nonce_that_nobody_can_believe_is_not_signed(queued, run, chain, road):
    """There would be a gap that nobody fills, and everything behind it would wait for good."""
    run(queued())
    road.rule = changes("eth_getTransactionCount", lambda count: hex(10**6))
    tx = queued()
    sender.advance()
    tx.refresh_from_db()
    assert (tx.state, tx.nonce) == (State.READY, None)
    assert tx.error == "The node says that our key has sent 1000000 txs, and our last nonce is 0."
    road.rule = gateway.honest
    assert run(tx).state == State.CONFIRMED


def test_another_payer_that_only_one_tells_of_stops_what_is_signed(queued, run, roads):
    tx = queued()
    roads[1].rule = answers(eth_call="0x" + "0" * 24 + "1" * 40)
    with pytest.raises(Disagreement, match="who pays"):
        sender.advance()
    tx.refresh_from_db()
    assert tx.state == State.READY

    roads[1].rule = gateway.honest
    assert run(tx).state == State.CONFIRMED


@pytest.mark.parametrize("position", [0, 1])
def test_the_days_cap_is_the_least_that_is_told(chain, roads, position):
    cap = vault.daily_cap()
    roads[position].rule = answers(eth_call="0x" + "f" * 64)
    assert vault.daily_cap() == cap

    roads[position].rule = answers(eth_call=f"0x{7:064x}")
    assert (vault.daily_cap(), vault.paid_today()) == (7, 7)


@pytest.mark.parametrize("lie", ["0x0", "0x1", "-0x5", "0x5208", None])
def test_a_batch_gets_no_gas_that_no_batch_can_live_on(chain, mine, road, lie):
    purse_id = house.deposited(50_000)
    mine(3)
    jobs.scan_deposits()
    house.earn("person:1", 50_000, purse_id=purse_id)
    payout = house.ask("person:1", 50_000)
    road.rule = changes("eth_getBlockByNumber", lambda block: {**block, "gasLimit": lie})
    jobs.pump_payouts()
    assert not ChainTx.objects.exists()

    road.rule = gateway.honest
    for _ in range(2):
        jobs.pump_payouts()
        mine(3)
    payout.refresh_from_db()
    assert payout.state == "PAID"


def test_more_gas_than_a_tx_had_was_not_used(queued, run, chain, road):
    tx = queued()
    road.rule = changes("eth_getTransactionReceipt", lambda one: {**one, "gasUsed": hex(10**12)})
    assert run(tx).state == State.SENT
    assert tx.error == "The node says that it took more gas than it had."
    road.rule = gateway.honest
    assert run(tx).state == State.CONFIRMED


# --- What a node was not asked for ----------------------------------------------------------


OFF = {
    "of another contract": {"address": "0x" + "1" * 40},
    "taken back": {"removed": True},
    "of another block": {"blockHash": FAKE},
    "of a block far behind": {"blockNumber": "0x1"},
    "of a block that no column holds": {"blockNumber": hex(2**70)},
    "at a place that no column holds": {"logIndex": hex(2**40)},
    "without what it says it has": {"topics": 1},
    "with less in it": {"data": "0x12"},
    "of no tx": {"transactionHash": None},
    "with a hash that is too short": {"transactionHash": "0x12"},
}


# Of many blocks at once a single endpoint may say in which of them something happened.
NEAR = {"of another block", "of a block far behind"}


@pytest.mark.parametrize(
    ("far", "kind"),
    [(far, kind) for far in (True, False) for kind in OFF if not far & (kind in NEAR)],
)
def test_an_event_is_not_read_that_is(chain, mine, monkeypatch, kind, far, road):
    if far:
        read_far(monkeypatch)
    purse_id = house.deposited(1_000)
    mine(20)
    off = deposit_log(chain, **OFF[kind])
    if kind == "without what it says it has":
        off["topics"] = deposit_log(chain)["topics"][:1]
    road.rule = changes("eth_getLogs", lambda logs: [*logs[:-1], off] if logs else logs)
    assert jobs.scan_deposits() == 0
    with pytest.raises(Unreachable):
        watcher.scan()
    assert not ChainEvent.objects.exists()
    road.rule = gateway.honest

    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_what_a_node_says_twice_is_one(chain, mine, road):
    purse_id = house.deposited(1_000)
    mine(3)
    road.rule = changes("eth_getLogs", lambda logs: [*logs, *logs])
    assert jobs.scan_deposits() == 1

    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_so_many_events_at_once_are_asked_for_again_in_smaller_pieces(
    chain, mine, monkeypatch, road
):
    """Nodes leave out what is more than they like, and do not say so."""
    read_far(monkeypatch)
    monkeypatch.setattr(watcher, "MANY_LOGS", 3)
    for units in range(1, 8):
        house.deposited(units)
    mine(10)
    road.rule = changes("eth_getLogs", lambda logs: logs[:3])
    watcher.scan()

    assert ChainEvent.objects.filter(name="Deposited").count() == 7


def test_the_receipt_of_another_tx_ends_nothing(queued, run, chain, road):
    other = run(queued())
    tx = queued()
    theirs = chain.call("eth_getTransactionReceipt", other.tx_hash)
    road.rule = changes("eth_getTransactionReceipt", lambda _: {**theirs, "status": "0x0"})
    assert run(tx).state == State.SENT
    assert "answered with another one" in tx.error
    road.rule = gateway.honest
    assert run(tx).state == State.CONFIRMED


def test_it_is_read_on_after_a_head_that_there_is_not(chain, mine, settings, monkeypatch, road):
    """All that was read before was forgotten then, and nothing could be read until that block."""
    monkeypatch.setattr(watcher, "NEAR_BLOCKS", 1)
    mine(3)
    settings.CHAIN_SCAN_BLOCKS = 2**40
    road.rule = future(chain, 2**40)
    watcher.scan()
    assert ScannedBlock.objects.latest("number").number > 2**40
    road.rule = gateway.honest
    purse_id = house.deposited(1_000)
    mine(3)

    assert [jobs.scan_deposits() for _ in range(2)] == [1, 0]

    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_an_event_that_is_told_twice_with_other_amounts_holds_up_no_other(chain, mine):
    first, second = house.deposited(1_000), house.deposited(2_000)
    mine(3)
    watcher.scan()
    event = ChainEvent.objects.order_by("block_number").first()
    ChainEvent.objects.create(
        name=event.name,
        block_number=event.block_number,
        block_hash=FAKE,
        tx_hash=event.tx_hash,
        log_index=event.log_index,
        payload={**event.payload, "amount": "5000"},
    )

    assert jobs.scan_deposits() == 2
    assert jobs.scan_deposits() == 0

    assert [escrow.balances(one)["FUNDS"] for one in (first, second)] == [1_000, 2_000]


def test_a_vault_is_where_it_was_made_and_not_where_a_node_says(chain, road):
    Network.objects.all().delete()

    def elsewhere(call, forward):
        found = forward()["result"]
        return {**found, "contractAddress": nobody(1)} if found else found

    road.rule = answers(eth_getTransactionReceipt=elsewhere)

    made = deploy.ensure()

    assert nobody(1) not in (made.vault_address, made.token_address)
    assert vault.version(made.vault_address) == vault.VERSION


def test_a_wallet_offers_no_more_for_gas_than_a_payout_does(chain, road):
    road.rule = answers(eth_maxPriorityFeePerGas=hex(10**24))

    tx_hash = Wallet(5).mint(1)

    offered = chain.call("eth_getTransactionByHash", tx_hash)["maxFeePerGas"]
    assert int(offered, 16) == client.fee_limit_wei()
