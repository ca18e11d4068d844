"""The embedded chain forgets nothing that could be money."""

import os
import time

import pytest

from launcher import chain, folders, processes

SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.fixture
def home(tmp_path):
    return folders.make(tmp_path)


def started(home):
    child, url = chain.launch(home, env=os.environ)
    processes.wait_until(lambda: chain.answers(url), child=child, seconds=30)
    return child, url


def depth(url: str, tx_hash: str) -> int:
    """Blocks on top of the one with the transaction; -1 while it waits."""
    receipt = chain.call(url, "eth_getTransactionReceipt", tx_hash)
    head = int(chain.call(url, "eth_blockNumber"), 16)
    return head - int(receipt["blockNumber"], 16) if receipt else -1


def await_depth(url: str, tx_hash: str, *, blocks: int) -> None:
    deadline = time.monotonic() + 30
    while depth(url, tx_hash) < blocks:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_block_with_one_on_top_survives_a_kill(home):
    child, url = started(home)
    value = {"from": SENDER, "to": SENDER, "value": "0x1"}
    tx_hash = chain.call(url, "eth_sendTransaction", value)
    await_depth(url, tx_hash, blocks=1)

    child.process.kill()
    child.bury()
    child, url = started(home)

    assert depth(url, tx_hash) >= 0
    processes.stop([child], seconds=5)


def test_idle_chain_rests(home, monkeypatch):
    calls = []
    answers = {"txpool_status": {"pending": "0x0"}, "eth_getBlockByNumber": {"transactions": []}}

    def call(url, method, *params):
        calls.append(method)
        return answers.get(method)

    monkeypatch.setattr(chain, "call", call)

    assert chain.beat("", quiet_blocks=chain.QUIET_BLOCKS - 1) == chain.QUIET_BLOCKS
    assert chain.beat("", quiet_blocks=chain.QUIET_BLOCKS) == chain.QUIET_BLOCKS
    assert calls.count("evm_mine") == 1
