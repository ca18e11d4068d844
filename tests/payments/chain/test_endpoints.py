"""Several endpoints: one that fails is passed over, and one that lies settles nothing."""

import pytest

from payments import escrow, jobs
from payments.chain import client, sender, vault, watcher, wire
from payments.chain.errors import Disagreement, Refused, Unreachable
from payments.chain.wallet import Wallet
from payments.models import ChainTx
from tests.faults import gateway
from tests.faults.gateway import Bad
from tests.payments import house
from tests.payments.chain.conftest import nobody

pytestmark = pytest.mark.django_db
NOBODY = "http://127.0.0.1:9"  # the port of discard: nobody listens
State = ChainTx.State


@pytest.fixture
def roads(chain, settings):
    """Two ways to the same chain, the first asked first; each may be given a rule."""
    with gateway.opened(chain.url) as one, gateway.opened(chain.url) as other:
        settings.CHAIN_RPC_URL = f"{one.url}, {other.url}"
        yield one, other


def broken(call, forward):
    raise Bad(503, b"maintenance")


def says(message, code=-32005):
    """An error of JSON-RPC in the place of every answer."""

    def rule(call, forward):
        return {"jsonrpc": "2.0", "id": call["id"], "error": {"code": code, "message": message}}

    return rule


def changes(method, change):
    """The result of this method as somebody would like it to be."""

    def rule(call, forward):
        found = forward()
        if call["method"] == method and found.get("result"):
            found["result"] = change(found["result"])
        return found

    return rule


@pytest.mark.parametrize(
    "rule",
    [
        broken,
        says("rate limit exceeded"),
        says("daily request count exceeded, request rate limited"),
        lambda call, forward: {"neither": "nor"},
    ],
)
def test_another_endpoint_is_asked_when_one_fails(roads, rule):
    one, other = roads
    one.rule = rule

    assert client.chain_id() == 31337

    assert (len(one.seen), len(other.seen)) == (1, 1)


def test_one_that_failed_is_left_alone_for_a_while(roads, monkeypatch):
    one, other = roads
    one.rule = broken
    for _ in range(3):
        client.chain_id()
    assert (len(one.seen), len(other.seen)) == (1, 3)

    one.rule = gateway.honest
    monkeypatch.setattr(wire, "REST_SECONDS", 0)
    client.chain_id()

    assert (len(one.seen), len(other.seen)) == (2, 3)


@pytest.mark.parametrize("status", [400, 413])
def test_one_that_will_not_answer_this_request_is_asked_the_next(roads, status, settings):
    settings.CHAIN_VOICES = 1
    one, other = roads

    def too_much(call, forward):
        if call["method"] == "eth_getLogs":
            raise Bad(status, b"too much")
        return forward()

    one.rule = too_much
    client.logs(nobody(1), from_block=1, to_block=1)
    client.chain_id()

    assert one.seen == ["eth_getLogs", "eth_chainId"]
    assert other.seen == ["eth_getLogs"]


def test_a_no_is_not_taken_to_somebody_else(roads):
    one, other = roads
    one.rule = says("query returned more than 10000 results")

    with pytest.raises(Refused, match="more than 10000 results"):
        client.gas_money(nobody(1))

    assert other.seen == []


def test_when_all_fail_it_is_unknown(roads):
    for road in roads:
        road.rule = broken

    with pytest.raises(Unreachable, match="503"):
        client.chain_id()


def test_a_payout_goes_through_while_one_endpoint_is_down(queued, run, chain, settings):
    tx = queued((nobody(1), 500))
    settings.CHAIN_RPC_URL = f"{NOBODY},{chain.url},{chain.url}/"

    assert run(tx).state == State.CONFIRMED


def swallows(call, forward):
    """It says that it has taken the bytes, and nobody ever sees them."""
    return {"jsonrpc": "2.0", "id": call["id"], "result": "0x" + "1" * 64}


@pytest.mark.parametrize("rule", [swallows, says("the method is not available"), broken])
@pytest.mark.parametrize("position", [0, 1])
def test_what_one_endpoint_does_not_pass_on_another_does(queued, run, roads, rule, position):
    roads[position].rule = lambda call, forward: (
        rule if call["method"] == "eth_sendRawTransaction" else gateway.honest
    )(call, forward)

    assert run(queued()).state == State.CONFIRMED


def test_what_no_endpoint_takes_is_told(queued, roads, monkeypatch):
    tx = queued()
    for road, rule in zip(roads, (broken, says("insufficient funds")), strict=True):
        road.rule = lambda call, forward, rule=rule: (
            rule if call["method"] == "eth_sendRawTransaction" else gateway.honest
        )(call, forward)

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, tx.error) == (State.SIGNED, "insufficient funds")


def test_a_payout_waits_while_one_of_two_is_down(queued, run, chain, settings):
    tx = queued((nobody(1), 500))
    settings.CHAIN_RPC_URL = f"{NOBODY},{chain.url}"

    with pytest.raises(Unreachable):
        sender.advance()

    settings.CHAIN_RPC_URL = chain.url
    assert run(tx).state == State.CONFIRMED


def test_endpoints_on_the_same_chain_agree(roads, chain):
    chain.mine(3)

    client.agree()

    methods = ["eth_getBlockByNumber", "eth_chainId"]
    assert [set(methods) <= set(road.seen) for road in roads] == [True, True]


def test_one_that_does_not_answer_has_no_say(roads, chain, settings):
    chain.mine(3)
    roads[1].rule = broken
    with pytest.raises(Unreachable):
        client.agree()

    settings.CHAIN_RPC_URL += f",{chain.url}"
    client.agree()


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("eth_getBlockByNumber", lambda block: {**block, "hash": "0x" + "1" * 64}),
        ("eth_chainId", lambda found: "0x1"),
    ],
)
def test_one_that_tells_another_story_settles_nothing(queued, run, chain, settings, method, change):
    tx = queued()
    sender.advance()
    chain.mine(3)
    with gateway.opened(chain.url) as liar:
        liar.rule = changes(method, change)
        settings.CHAIN_RPC_URL = f"{chain.url},{liar.url}"
        with pytest.raises(Disagreement):
            sender.advance()
        tx.refresh_from_db()
        assert tx.state == State.SENT
        liar.rule = gateway.honest
        sender.advance()

    tx.refresh_from_db()
    assert tx.state == State.CONFIRMED


@pytest.mark.parametrize("position", [0, 1])
def test_an_end_that_only_one_endpoint_tells_is_none(queued, chain, roads, position):
    """A receipt of a batch that reverted, said to have gone well, or the other way round."""
    tx = queued()
    sender.advance()
    chain.mine(3)
    roads[position].rule = changes(
        "eth_getTransactionReceipt", lambda receipt: {**receipt, "status": "0x0"}
    )

    sender.advance()
    tx.refresh_from_db()
    assert (tx.state, tx.error) == (
        State.SENT,
        "The endpoints tell different ends of this tx: it is not settled.",
    )

    roads[position].rule = gateway.honest
    sender.advance()
    tx.refresh_from_db()
    assert tx.state == State.CONFIRMED


@pytest.mark.parametrize("position", [0, 1])
def test_a_batch_that_one_endpoint_calls_paid_does_not_fail(queued, chain, roads, position):
    """The others may have been told to forget it: the money would leave a second time."""
    tx = queued()
    sender.advance()
    chain.mine(3)
    forgetful = roads[1 - position]

    def forgets(call, forward):
        if call["method"] in {"eth_getTransactionReceipt", "eth_getTransactionByHash"}:
            return {"jsonrpc": "2.0", "id": call["id"], "result": None}
        if call["method"] == "eth_call":
            return forward() | {"result": "0x" + "0" * 64}
        return forward()

    forgetful.rule = forgets
    roads[position].rule = lambda call, forward: (
        {"jsonrpc": "2.0", "id": call["id"], "result": None}
        if call["method"] in {"eth_getTransactionReceipt", "eth_getTransactionByHash"}
        else forward()
    )
    sender.advance()
    tx.refresh_from_db()
    assert tx.state == State.SENT

    for road in roads:
        road.rule = gateway.honest
    sender.advance()
    tx.refresh_from_db()
    assert tx.state == State.CONFIRMED


def test_a_nonce_that_one_endpoint_has_not_seen_is_not_gone(chain, roads):
    payer, head = vault.payer(), client.head()
    Wallet(1).mint(1)
    used = client.nonce(payer)
    roads[1].rule = changes("eth_getTransactionCount", lambda count: hex(int(count, 16) - 1))

    assert client.nonce(payer, block_number=head + 1) == used - 1


def forged(logs):
    """The same deposit, a thousand times as large."""

    def larger(one):
        return {**one, "data": "0x" + f"{int(one['data'], 16) * 1000:064x}"}

    return [one if one["data"] == "0x" else larger(one) for one in logs]


@pytest.mark.parametrize("position", [0, 1])
def test_a_deposit_that_only_one_endpoint_tells_is_no_money(chain, mine, roads, position):
    purse_id = house.deposited(1_000)
    mine(3)
    roads[position].rule = changes("eth_getLogs", forged)

    assert jobs.scan_deposits() == 0
    with pytest.raises(Disagreement, match="what happened in block"):
        watcher.scan()
    assert escrow.balances(purse_id) == {}

    roads[position].rule = gateway.honest
    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_a_deposit_that_one_endpoint_has_not_got_yet_is_money(chain, mine, roads, settings):
    settings.CHAIN_RPC_URL += f",{chain.url}"
    purse_id = house.deposited(1_000)
    mine(3)
    roads[1].rule = lambda call, forward: (
        says("unknown block", code=-32000)(call, forward)
        if call["method"] == "eth_getLogs"
        else forward()
    )

    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_many_blocks_with_deposits_are_vouched_for_bit_by_bit(chain, mine, roads, monkeypatch):
    monkeypatch.setattr(watcher, "VOUCHED_BLOCKS", 2)
    for units in (1, 2, 3, 4, 5):
        house.deposited(units)
    mine(3)

    assert [jobs.scan_deposits() for _ in range(4)] == [2, 2, 1, 0]


def test_a_fork_that_only_the_endpoint_we_read_from_is_on_settles_nothing(
    chain, mine, roads, settings
):
    """It is gone when the others are asked: what was read from it is still held against them."""
    house.deposited(1_000)
    mine(3)
    watcher.scan()
    watcher.ScannedBlock.objects.update(block_hash="0x" + "1" * 64)

    with pytest.raises(Disagreement):
        watcher.vouched_depth()
