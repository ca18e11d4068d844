"""The way to a node: what we ask of it, each call failing as a ChainError."""

from functools import cache
from typing import Any

from django.conf import settings
from eth_typing import HexStr
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import BlockNotFound, TransactionNotFound
from web3.types import BlockData, LogReceipt, TxReceipt

from payments import networks
from payments.chain.errors import ChainError, Disagreement, NoVault, WrongChain, mapped
from payments.chain.wire import Wire
from payments.models import Network

SETTLED_BLOCKS = 2  # below the head: nodes hear of the newest block at different times


@cache
def _web3(urls: str, timeout_seconds: int) -> Web3:
    return Web3(Wire(split(urls), timeout_seconds=timeout_seconds))


def split(urls: str) -> list[str]:
    """Each of the endpoints that a setting names."""
    return [url.strip() for url in urls.split(",") if url.strip()]


def web3() -> Web3:
    """The connection to the configured nodes."""
    return _web3(settings.CHAIN_RPC_URL, settings.CHAIN_TIMEOUT_SECONDS)


def agree() -> None:
    """Nothing if all endpoints that answer tell the same story; raises Disagreement.

    They are asked for the hash of one block that should be settled among them, and for the chain's
    id. One that does not answer has no say.
    """
    urls = split(settings.CHAIN_RPC_URL)
    if len(urls) < 2:
        return
    number = max(head() - max(depth(), SETTLED_BLOCKS), 0)
    stories = {story for url in urls if (story := _story(url, number)) is not None}
    if len(stories) > 1:
        raise Disagreement(f"The endpoints disagree about block {number}: nothing is settled.")


def _story(url: str, number: int) -> tuple[int, str] | None:
    one = _web3(url, settings.CHAIN_TIMEOUT_SECONDS)
    try:
        with mapped():
            found = one.eth.get_block(number)
            return int(one.eth.chain_id), HexBytes(found["hash"]).to_0x_hex()
    except ChainError:
        return None


def asked(url: str) -> tuple[int, int]:
    """The chain id and the head that one endpoint tells. Raises ChainError."""
    one = _web3(url, settings.CHAIN_TIMEOUT_SECONDS)
    with mapped():
        return int(one.eth.chain_id), int(one.eth.block_number)


def depth() -> int:
    """How many blocks lie on top of what is money, by the network's own rule."""
    least = int(settings.CHAIN_CONFIRMATIONS)
    if settings.CHAIN_FINALITY != networks.FINALIZED:
        return least
    with mapped():
        final = web3().eth.get_block("finalized")
        newest = int(web3().eth.block_number)
    return max(least, newest - int(final["number"]))


def gas_money(address: str) -> int:
    """The wei that an address can pay for gas with."""
    with mapped():
        return int(web3().eth.get_balance(Web3.to_checksum_address(address)))


def gas_limit() -> int:
    """The most gas that a block takes."""
    with mapped():
        return int(web3().eth.get_block("latest")["gasLimit"])


def stored() -> Network:
    """The chain of this deployment, as the book has it; raises NoVault."""
    found = Network.objects.first()
    if found is None:
        raise NoVault("There is no vault yet: run `manage.py deploy_vault`.")
    return found


def network() -> Network:
    """The chain of this deployment; raises NoVault, and WrongChain if the node is on another."""
    found = stored()
    actual = chain_id()
    if actual != found.chain_id:
        raise WrongChain(f"This deployment is on chain {found.chain_id}, the node on {actual}.")
    return found


def chain_id() -> int:
    with mapped():
        return int(web3().eth.chain_id)


def head() -> int:
    """The number of the newest block."""
    with mapped():
        return int(web3().eth.block_number)


def block(number: int) -> BlockData | None:
    """The block of this number, or None if the node has none."""
    with mapped():
        try:
            return web3().eth.get_block(number)
        except BlockNotFound:
            return None


def block_hash(number: int) -> str | None:
    """The hash of the block of this number, or None if the node has none."""
    found = block(number)
    return None if found is None else HexBytes(found["hash"]).to_0x_hex()


def logs(address: str, *, from_block: int, to_block: int) -> list[LogReceipt]:
    """All logs of one contract in these blocks, both included."""
    return _logs({"address": address, "fromBlock": from_block, "toBlock": to_block})


def logs_of_block(address: str, block_hash: str) -> list[LogReceipt]:
    """All logs of one contract in this very block; Refused by a node that does not have it."""
    return _logs({"address": address, "blockHash": block_hash})


def _logs(asked: Any) -> list[LogReceipt]:
    with mapped():
        return list(web3().eth.get_logs(asked))


def receipt(tx_hash: str) -> TxReceipt | None:
    """The receipt of a mined tx, or None."""
    with mapped():
        try:
            return web3().eth.get_transaction_receipt(HexStr(tx_hash))
        except TransactionNotFound:
            return None


def is_known(tx_hash: str) -> bool:
    """True if the node has this tx, mined or waiting."""
    with mapped():
        try:
            web3().eth.get_transaction(HexStr(tx_hash))
        except TransactionNotFound:
            return False
        return True


def nonce(address: str, *, block_number: int | None = None) -> int:
    """How many txs of this address were mined, up to a block."""
    with mapped():
        at: Any = "latest" if block_number is None else block_number
        return int(web3().eth.get_transaction_count(Web3.to_checksum_address(address), at))


def fees() -> dict[str, int]:
    """Fees by EIP-1559 in wei: the next block's tip, and twice the base fee on top of it."""
    with mapped():
        base_wei = int(web3().eth.get_block("latest").get("baseFeePerGas", 0))
        tip_wei = int(web3().eth.max_priority_fee)
    return {"maxPriorityFeePerGas": tip_wei, "maxFeePerGas": 2 * base_wei + tip_wei}


def send(raw: bytes) -> None:
    """The node has taken the signed bytes. Unreachable means that it may have."""
    with mapped():
        web3().eth.send_raw_transaction(raw)


def code(address: str) -> bytes:
    """The code at an address; empty if there is none."""
    with mapped():
        return bytes(web3().eth.get_code(Web3.to_checksum_address(address)))
