"""The way to a node: what we ask of it, each call failing as a ChainError."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

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

WEI_PER_GWEI = 10**9
T = TypeVar("T")


@cache
def _web3(urls: str, timeout_seconds: int) -> Web3:
    return Web3(Wire(split(urls), timeout_seconds=timeout_seconds))


def split(urls: str) -> list[str]:
    """Each of the endpoints that a setting names."""
    return [url.strip() for url in urls.split(",") if url.strip()]


def web3() -> Web3:
    """The connection to the configured nodes."""
    return _web3(settings.CHAIN_RPC_URL, settings.CHAIN_TIMEOUT_SECONDS)


def told(ask: Callable[[Web3], T]) -> list[T]:
    """What each endpoint says on its own; of several, one that cannot say it has no say.

    Raises ChainError when none can.
    """
    urls, answers, silence = split(settings.CHAIN_RPC_URL), [], None
    for url in urls:
        try:
            with mapped():
                answers.append(ask(_web3(url, settings.CHAIN_TIMEOUT_SECONDS)))
        except ChainError as error:
            silence = error
    if silence is not None and not answers:
        raise silence
    return answers


def has_witnesses() -> bool:
    """True with more than one endpoint: what one says can be held against the others."""
    return len(split(settings.CHAIN_RPC_URL)) > 1


def agree(number: int | None = None, *, block_hash: str = "") -> None:
    """Nothing if all endpoints that answer tell the same story; raises Disagreement.

    They are asked for the chain's id and for the hash of one block, the newest that is money unless
    another is named; `block_hash` is what we believe. One that does not answer has no say.
    """
    if not has_witnesses():
        return
    if number is None:
        newest = head()
        number = max(newest - depth(newest), 0)
    urls = split(settings.CHAIN_RPC_URL)
    stories = {story for url in urls if (story := _story(url, number)) is not None}
    hashes = {told_hash for _, told_hash in stories} | ({block_hash} if block_hash else set())
    if len(stories) > 1 or len(hashes) > 1:
        raise Disagreement(f"The endpoints disagree about block {number}: nothing is settled.")


def vouch(found: TxReceipt) -> None:
    """Nothing if no endpoint tells another end of this tx; raises Disagreement."""
    if not has_witnesses():
        return
    ends = {_end_of(found)} | set(told(lambda one: _end_of(_receipt(one, found))))
    if len(ends - {None}) > 1:
        raise Disagreement("The endpoints tell different ends of this tx: it is not settled.")


def _receipt(one: Web3, of: TxReceipt) -> TxReceipt | None:
    try:
        return one.eth.get_transaction_receipt(of["transactionHash"])
    except TransactionNotFound:
        return None  # it lags behind


def _end_of(found: TxReceipt | None) -> tuple[Any, ...] | None:
    """What counts of a receipt: where it is, how it went, and what was reported."""
    if found is None:
        return None
    logs = [(one["address"], tuple(one["topics"]), one["data"]) for one in found["logs"]]
    return found["blockHash"], found["status"], tuple(logs)


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


def depth(newest: int) -> int:
    """How many blocks up to this one lie on top of what is money, by the network's own rule.

    Counted from the block that the caller counts from, whatever another endpoint calls its head.
    """
    least = int(settings.CHAIN_CONFIRMATIONS)
    if settings.CHAIN_FINALITY != networks.FINALIZED:
        return least
    with mapped():
        final = web3().eth.get_block("finalized")
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


def logs_told(address: str, block_hash: str) -> list[list[LogReceipt]]:
    """The same, as each endpoint that has this block tells them."""
    asked: Any = {"address": address, "blockHash": block_hash}
    return told(lambda one: list(one.eth.get_logs(asked)))


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
    """How many txs of this address were mined; up to a block, by whoever knows of the fewest."""
    owner: Any = Web3.to_checksum_address(address)
    if block_number is None:
        with mapped():
            return int(web3().eth.get_transaction_count(owner, "latest"))
    return min(told(lambda one: int(one.eth.get_transaction_count(owner, block_number))))


def fees() -> dict[str, int]:
    """Fees by EIP-1559 in wei: the next block's tip, and twice the base fee on top of it.

    Never above CHAIN_FEE_LIMIT_GWEI, whatever a node asks for.
    """
    with mapped():
        base_wei = int(web3().eth.get_block("latest").get("baseFeePerGas", 0))
        tip_wei = int(web3().eth.max_priority_fee)
    limit_wei = fee_limit_wei()
    found = {"maxPriorityFeePerGas": tip_wei, "maxFeePerGas": 2 * base_wei + tip_wei}
    return {name: min(wei, limit_wei) for name, wei in found.items()}


def fee_limit_wei() -> int:
    """The most that is offered for a unit of gas."""
    return int(settings.CHAIN_FEE_LIMIT_GWEI) * WEI_PER_GWEI


def send(raw: bytes) -> None:
    """The node has taken the signed bytes. Unreachable means that it may have."""
    with mapped():
        web3().eth.send_raw_transaction(raw)


def code(address: str) -> bytes:
    """The code at an address; empty if there is none."""
    with mapped():
        return bytes(web3().eth.get_code(Web3.to_checksum_address(address)))
