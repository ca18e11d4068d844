"""The chain takes blocks back. What was not deep enough was never money, and is tried again."""

import pytest

from payments import escrow, jobs, pauses, permits
from payments.chain import client, signer
from payments.chain.errors import Refused
from payments.chain.wallet import Wallet
from payments.models import ChainEvent, ChainTx, Payout

DEPTH = 4


@pytest.fixture(autouse=True)
def deep(settings):
    settings.CHAIN_CONFIRMATIONS = DEPTH


def arriving():
    """Deposits that are not money yet."""
    return ChainEvent.objects.unsettled().filter(name="Deposited")


def test_a_payout_taken_back_by_a_reorg_is_paid_once(payday, chain, mine):
    payout = payday.ask()
    payday.run(rounds=2)
    tx = payday.txs().get()
    receipt = chain.call("eth_getTransactionReceipt", tx.tx_hash)
    assert receipt is not None

    chain.call("anvil_reorg", DEPTH - 1, [])
    lost = chain.call("eth_getTransactionReceipt", tx.tx_hash)
    jobs.pump_payouts()
    payout.refresh_from_db()
    assert lost is None
    assert payout.state == Payout.State.BATCHED

    payday.repair(payout)
    assert payday.txs().get().hashes == [tx.tx_hash]
    payday.assert_paid_once([payout])


def test_a_deposit_taken_back_by_a_reorg_is_no_money(payday, deposit, chain, mine):
    before = escrow.balances(payday.purse_id)
    deposit(70_000)
    jobs.scan_deposits()
    assert arriving().count() == 1

    chain.call("anvil_reorg", DEPTH - 1, [])
    mine(DEPTH + 1)
    jobs.scan_deposits()

    assert arriving().count() == 0
    assert escrow.balances(payday.purse_id) == before
    payday.prove()


def test_a_deposit_mined_again_after_a_reorg_is_money_once(payday, deposit, chain, mine):
    before_units = escrow.balances(payday.purse_id)["FUNDS"]
    deposit(70_000)
    jobs.scan_deposits()
    tx_hash = arriving().get().tx_hash
    tx = chain.call("eth_getTransactionByHash", tx_hash)
    raw = chain.call("eth_getRawTransactionByHash", tx_hash)
    assert tx["blockNumber"]

    chain.call("anvil_reorg", 1, [])
    jobs.scan_deposits()
    chain.call("eth_sendRawTransaction", raw)
    mine(DEPTH)
    for _ in range(2):
        jobs.scan_deposits()

    assert escrow.balances(payday.purse_id)["FUNDS"] == before_units + 70_000
    payday.prove()


def mined(payday, chain, *, depth):
    """A payout whose tx lies in the block of this depth; the newest has depth 1."""
    payout = payday.ask()
    payday.jobs_alone()
    payday.mine(depth - 1)
    tx_hash = payday.txs().get().tx_hash
    assert chain.call("eth_getTransactionReceipt", tx_hash)["blockHash"]
    return payout, tx_hash


DEPTHS = range(1, DEPTH + 1)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_payout_moved_to_another_block_by_a_reorg_of_depth(payday, chain, depth):
    payout, tx_hash = mined(payday, chain, depth=depth)
    raw = chain.call("eth_getRawTransactionByHash", tx_hash)
    first = chain.call("eth_getTransactionReceipt", tx_hash)

    neighbour = {"from": Wallet(2).address, "to": Wallet(2).address, "value": "0x1"}
    chain.call("anvil_reorg", depth, [[neighbour, depth - 1], [raw, depth - 1]])
    second = chain.call("eth_getTransactionReceipt", tx_hash)
    assert second["blockHash"] != first["blockHash"]

    payday.repair(payout)
    tx = payday.txs().get()
    assert (tx.hashes, tx.block_hash) == ([tx_hash], second["blockHash"])
    payday.assert_paid_once([payout])


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_payout_dropped_by_a_reorg_of_depth(payday, chain, depth):
    payout, tx_hash = mined(payday, chain, depth=depth)

    chain.call("anvil_reorg", depth, [])
    assert chain.call("eth_getTransactionReceipt", tx_hash) is None

    payday.repair(payout)
    assert payday.txs().get().hashes == [tx_hash]
    payday.assert_paid_once([payout])


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_payout_replaced_by_another_tx_of_its_nonce_in_a_reorg_of_depth(payday, chain, depth):
    """It can never be mined any more: the money comes back, and leaves again, once."""
    payout, tx_hash = mined(payday, chain, depth=depth)
    other = signer.dev_account(signer.PAYER_INDEX).sign_transaction(
        {
            "to": Wallet(2).address,
            "value": 1,
            "gas": 21_000,
            "nonce": payday.txs().get().nonce,
            "maxFeePerGas": 10**11,
            "maxPriorityFeePerGas": 10**10,
            "chainId": 31337,
        }
    )

    chain.call("anvil_reorg", depth, [[other.raw_transaction.to_0x_hex(), 0]])
    assert chain.call("eth_getTransactionReceipt", tx_hash) is None

    payday.repair(payout)
    assert payout.state == Payout.State.RETURNED
    assert payday.txs().get().state == ChainTx.State.FAILED
    again = payday.ask_again(payout)
    payday.repair(again)
    payday.assert_paid_once([again], returned=[payout])


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("fate", ["moved", "dropped"])
def test_a_deposit_in_a_reorg_of_depth(payday, deposit, chain, depth, fate):
    before_units = escrow.balances(payday.purse_id)["FUNDS"]
    deposit(70_000)
    jobs.scan_deposits()
    raw = chain.call("eth_getRawTransactionByHash", arriving().get().tx_hash)
    payday.mine(depth - 1)
    jobs.scan_deposits()

    chain.call("anvil_reorg", depth, [[raw, depth - 1]] if fate == "moved" else [])
    for _ in range(2):
        payday.mine(DEPTH)
        jobs.scan_deposits()

    arrived = 70_000 if fate == "moved" else 0
    assert escrow.balances(payday.purse_id)["FUNDS"] == before_units + arrived
    payday.prove()


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_deposit_replaced_by_a_smaller_one_of_its_nonce_in_a_reorg_of_depth(
    payday, deposit, chain, depth
):
    before_units = escrow.balances(payday.purse_id)["FUNDS"]
    deposit(70_000)
    jobs.scan_deposits()
    tx_hash = arriving().get().tx_hash
    nonce = int(chain.call("eth_getTransactionByHash", tx_hash)["nonce"], 16)
    call = permits.calls(payday.purse_id, 30_000)[1]
    fees = {"maxFeePerGas": 10**11, "maxPriorityFeePerGas": 10**10}
    fields = {**call, **fees, "value": 0, "gas": 200_000, "nonce": nonce, "chainId": 31337}
    other = Wallet(2).account.sign_transaction(fields)
    payday.mine(depth - 1)
    jobs.scan_deposits()

    chain.call("anvil_reorg", depth, [[other.raw_transaction.to_0x_hex(), depth - 1]])
    for _ in range(2):
        payday.mine(DEPTH)
        jobs.scan_deposits()

    assert escrow.balances(payday.purse_id)["FUNDS"] == before_units + 30_000
    assert not ChainEvent.objects.filter(tx_hash=tx_hash).exists()
    payday.prove()


@pytest.mark.parametrize("depth", [DEPTH + 1, DEPTH + 3])
def test_a_deposit_moved_in_its_block_by_a_reorg_deeper_than_money_lies(
    payday, deposit, chain, depth
):
    """It is in the book by then, and another log in front of it in the block is no second one."""
    before_units = escrow.balances(payday.purse_id)["FUNDS"]
    deposit(70_000)
    jobs.scan_deposits()
    seen = arriving().get()
    raw = chain.call("eth_getRawTransactionByHash", seen.tx_hash)
    payday.mine(depth - 1)
    jobs.scan_deposits()
    assert escrow.balances(payday.purse_id)["FUNDS"] == before_units + 70_000

    call = permits.calls(payday.purse_id, 1)[0]  # an approval leaves a log, too
    neighbour = {"from": Wallet(3).address, "to": call["to"], "data": call["data"]}
    chain.call("anvil_reorg", depth, [[neighbour, 0], [raw, 0]])
    for _ in range(2):
        payday.mine(DEPTH)
        jobs.scan_deposits()

    assert ChainEvent.objects.get(tx_hash=seen.tx_hash).log_index > seen.log_index
    assert escrow.balances(payday.purse_id)["FUNDS"] == before_units + 70_000
    assert pauses.is_paused()
    pauses.resume()
    payout = payday.ask()
    payday.repair(payout)
    payday.assert_paid_once([payout])


def test_a_node_that_cannot_say_whether_it_knows_a_dropped_tx_fails_nothing(
    payday, chain, monkeypatch
):
    payout, tried = payday.ask(), []
    payday.jobs_alone()
    chain.call("anvil_reorg", 1, [])

    def refused(tx_hash):
        tried.append(tx_hash)
        raise Refused("indexing is in progress")

    with monkeypatch.context() as broken:
        broken.setattr(client, "is_known", refused)
        payday.run(rounds=DEPTH + 2)

    tx = payday.txs().get()
    assert tx.state == ChainTx.State.SENT
    assert set(tried) == {tx.tx_hash}
    payday.repair(payout)
    payday.assert_paid_once([payout])
