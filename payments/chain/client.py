"""The way to a node: what we ask of it, each call failing as a ChainError.

What moves money is asked of each endpoint on its own, and counts as far as all who answer know it.
"""

import logging
from typing import Any

from django.conf import settings
from eth_typing import HexStr
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import BlockNotFound, TransactionNotFound
from web3.types import BlockData, LogReceipt, TxReceipt

from payments import networks
from payments.chain import answers, endpoints
from payments.chain.endpoints import told
from payments.chain.errors import (
    Behind,
    ChainError,
    Disagreement,
    NoVault,
    Refused,
    TooSlow,
    Unreachable,
    WrongChain,
    mapped,
)
from payments.models import Network

WEI_PER_GWEI = 10**9
WEI_MOST = 10**40 - 1  # that a column of the database holds
NONCE_MOST = 2**32
GAS_LEAST = 500_000  # of a block: less does not hold a batch of one payee
BLOCKS_BEHIND = 50  # are worth a word

logger = logging.getLogger(__name__)


def web3() -> Web3:
    """The connection to the configured nodes."""
    return endpoints.web3_at(settings.CHAIN_RPC_URL, settings.CHAIN_TIMEOUT_SECONDS)


def agree(number: int | None = None) -> None:
    """Nothing if all endpoints that answer tell the same of one block, and of the chain's id.

    It is the newest that is money unless another is named. With one endpoint its word is all there
    is, and it is not asked. Raises as `agreed_hash`.
    """
    if not endpoints.have_witnesses():
        return
    if number is None:
        newest = head()
        number = max(newest - depth(newest), 0)
    agreed_hash(number)


def agreed_hash(number: int) -> str:
    """The hash of this block, which is the same for all endpoints that answer, on one chain.

    One that does not answer has no say; one that answers that it has no such block has one. Raises
    Disagreement, Behind, ChainError.
    """
    stories = told(lambda one: _story(one, number))
    chains, hashes = {one for one, _ in stories}, {one for _, one in stories}
    if len(chains) > 1 or len(hashes - {""}) > 1:
        raise Disagreement(f"The endpoints disagree about block {number}: nothing is settled.")
    if "" in hashes:
        raise Behind(f"An endpoint has no block {number} yet: nothing is settled before it has.")
    return hashes.pop()


def _story(one: Web3, number: int) -> tuple[int, str]:
    try:
        found = answers.block(one.eth.get_block(number), wanted=number)
    except BlockNotFound:
        return answers.number(one.eth.chain_id), ""
    return answers.number(one.eth.chain_id), answers.hash_of(found["hash"])


def vouch(found: TxReceipt) -> None:
    """Nothing if all endpoints that answer tell this end of this tx; raises Disagreement, Behind.

    One that does not know of it says something, too: the tx may not be mined at all.
    """
    if not endpoints.have_witnesses():
        return
    ends = {_end_of(found)} | set(told(lambda one: _end_of(_receipt(one, found))))
    if len(ends - {None}) > 1:
        raise Disagreement("The endpoints tell different ends of this tx: it is not settled.")
    if None in ends:
        raise Behind("An endpoint knows of no end of this tx yet: it is not settled before.")


def _receipt(one: Web3, of: TxReceipt) -> TxReceipt | None:
    tx_hash = of["transactionHash"]
    try:
        found = one.eth.get_transaction_receipt(tx_hash)
    except TransactionNotFound:
        return None
    return answers.receipt(found, tx_hash=tx_hash.to_0x_hex())


def _end_of(found: TxReceipt | None) -> tuple[Any, ...] | None:
    """What counts of a receipt: where it is, how it went, what it cost, and what was reported."""
    if found is None:
        return None
    logs = [(one["address"], answers.told(one)) for one in found["logs"]]
    cost = found["gasUsed"], found["effectiveGasPrice"]
    return found["blockHash"], found["blockNumber"], found["status"], cost, tuple(logs)


def asked(url: str) -> tuple[int, int]:
    """The chain id and the head that one endpoint tells. Raises ChainError."""
    one = endpoints.web3_at(url, settings.CHAIN_TIMEOUT_SECONDS)
    with mapped():
        return answers.number(one.eth.chain_id), answers.number(one.eth.block_number)


def depth(newest: int) -> int:
    """How many blocks up to this one lie on top of what is money, by the network's own rule.

    Counted from the block that the caller counts from, and below what every endpoint has: of the
    heads and of the final blocks that they tell, the lowest counts.
    """
    least = int(settings.CHAIN_CONFIRMATIONS)
    if endpoints.have_witnesses():
        least += max(newest - head(), 0)
    if settings.CHAIN_FINALITY != networks.FINALIZED:
        return least
    final = min(told(lambda one: answers.number(one.eth.get_block("finalized")["number"])))
    return max(least, newest - final)


def gas_money(address: str) -> int:
    """The wei that an address can pay for gas with."""
    with mapped():
        found = web3().eth.get_balance(Web3.to_checksum_address(address))
        return answers.number(found, most=WEI_MOST)


def gas_limit() -> int:
    """The most gas that a block takes. Raises Unreachable if that is not enough for anything."""
    with mapped():
        found = answers.number(web3().eth.get_block("latest")["gasLimit"])
    if found < GAS_LEAST:
        raise Unreachable(f"The node tells of blocks that take {found} gas: that is not believed.")
    return found


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
        return answers.number(web3().eth.chain_id)


def head() -> int:
    """The number of the newest block that every endpoint that answers has."""
    heads = _heads()
    if max(heads) - min(heads) > BLOCKS_BEHIND:
        logger.warning("an endpoint is %s blocks behind another", max(heads) - min(heads))
    return min(heads)


def highest() -> int:
    """The number of the newest block that any endpoint tells of."""
    return max(_heads())


def _heads() -> list[int]:
    return told(lambda one: answers.number(one.eth.block_number))


def block(number: int) -> BlockData | None:
    """The block of this number, or None if the node has none."""
    with mapped():
        try:
            return answers.block(web3().eth.get_block(number), wanted=number)
        except BlockNotFound:
            return None


def block_hash(number: int) -> str | None:
    """The hash of the block of this number, or None if the node has none."""
    found = block(number)
    return None if found is None else HexBytes(found["hash"]).to_0x_hex()


def logs(address: str, *, from_block: int, to_block: int) -> list[LogReceipt]:
    """All logs of one contract in these blocks, both included, as all who answer tell them.

    Raises Disagreement, and Refused or TooSlow if one of several endpoints wants fewer blocks.
    """
    query: Any = {"address": address, "fromBlock": from_block, "toBlock": to_block}
    blocks = range(from_block, to_block + 1)
    found, silences = endpoints.heard(
        lambda one: answers.logs(one.eth.get_logs(query), address=address, blocks=blocks)
    )
    for silence in silences:
        if isinstance(silence, Refused | TooSlow) and to_block > from_block:
            raise silence
    return _same(found, silences, f"blocks {from_block} to {to_block}")


def logs_of_block(address: str, block_hash: str) -> list[LogReceipt]:
    """All logs of one contract in this very block, as all who have it tell them.

    Raises Disagreement; Refused if none has it.
    """
    query: Any = {"address": address, "blockHash": block_hash}
    everywhere = range(answers.MOST)
    found, silences = endpoints.heard(
        lambda one: answers.logs(
            one.eth.get_logs(query), address=address, blocks=everywhere, block_hash=block_hash
        )
    )
    return _same(found, silences, f"what happened in block {block_hash}")


def _same(
    found: list[list[LogReceipt]], silences: list[ChainError], subject: str
) -> list[LogReceipt]:
    """Logs that are the same whoever tells them."""
    endpoints.enough(found, silences)
    endpoints.alike([sorted(answers.told(log) for log in one) for one in found], subject)
    return found[0]


def receipt(tx_hash: str) -> TxReceipt | None:
    """The receipt of a mined tx, or None."""
    with mapped():
        try:
            found = web3().eth.get_transaction_receipt(HexStr(tx_hash))
            return answers.receipt(found, tx_hash=tx_hash)
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


def nonce(address: str, *, block_number: int | None = None, by_all: bool = False) -> int:
    """How many txs of this address were mined; up to a block, by whoever knows of the fewest.

    Raises ChainError, `by_all` also when any endpoint does not answer.
    """
    owner: Any = Web3.to_checksum_address(address)
    at: Any = "latest" if block_number is None else block_number
    counts = told(
        lambda one: answers.number(one.eth.get_transaction_count(owner, at), most=NONCE_MOST),
        by_all=by_all,
    )
    return min(counts)


def fees(node: Web3 | None = None) -> dict[str, int]:
    """Fees by EIP-1559 in wei: the next block's tip, and twice the base fee on top of it.

    Never above CHAIN_FEE_LIMIT_GWEI, whatever a node asks for: the configured ones, or this one.
    """
    node = node or web3()
    with mapped():
        newest = node.eth.get_block("latest")
        base_wei = answers.number(newest.get("baseFeePerGas", 0), most=WEI_MOST)
        tip_wei = answers.number(node.eth.max_priority_fee, most=WEI_MOST)
    limit_wei = fee_limit_wei()
    found = {"maxPriorityFeePerGas": tip_wei, "maxFeePerGas": 2 * base_wei + tip_wei}
    return {name: min(wei, limit_wei) for name, wei in found.items()}


def fee_limit_wei() -> int:
    """The most that is offered for a unit of gas."""
    return int(settings.CHAIN_FEE_LIMIT_GWEI) * WEI_PER_GWEI


def send(raw: bytes) -> None:
    """An endpoint has taken the signed bytes; each was given them, for one may pass on nothing.

    Raises what the first said that refused them; Unreachable means that one may have taken them.
    """
    taken, silences = endpoints.heard(lambda one: one.eth.send_raw_transaction(HexBytes(raw)))
    if not taken:
        raise next((one for one in silences if isinstance(one, Refused)), silences[0])


def code(address: str) -> bytes:
    """The code at an address; empty if there is none."""
    with mapped():
        return bytes(web3().eth.get_code(Web3.to_checksum_address(address)))


def agreed_code(address: str) -> bytes:
    """The same, as all who answer tell it. Raises Disagreement."""
    owner = Web3.to_checksum_address(address)
    return endpoints.alike(
        told(lambda one: bytes(one.eth.get_code(owner))), f"the code at {address}"
    )
