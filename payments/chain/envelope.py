"""The signed bytes of a chain tx: what they say, and what they offer to whoever mines them."""

from typing import Any

from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from payments.models import ChainTx

Fees = dict[str, int]
FEES = ("maxFeePerGas", "maxPriorityFeePerGas")
RAISE_PERCENT = 13  # a node drops the older bytes of a nonce for 10 % more on both fees


def seal(tx: ChainTx, account: LocalAccount, *, chain_id: int, fees: Fees) -> None:
    """The tx, its nonce given, has bytes and a hash; nothing is written to the database."""
    fields: dict[str, Any] = {
        "type": 2,
        "chainId": chain_id,
        "nonce": tx.nonce,
        "to": tx.to,
        "value": 0,
        "data": HexBytes(tx.calldata),
        "gas": tx.gas_limit,
        **fees,
    }
    signed = account.sign_transaction(fields)
    tx.sender = str(account.address)
    tx.raw = bytes(signed.raw_transaction)
    tx.tx_hash = HexBytes(signed.hash).to_0x_hex()
    tx.hashes = [*tx.hashes, tx.tx_hash]


def offered(raw: bytes) -> Fees:
    """The fees that signed bytes offer, in wei."""
    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return {name: int(fields[name]) for name in FEES}


def raised(old: Fees, *, current: Fees) -> Fees | None:
    """Fees that replace the old ones; None while the old ones still do.

    They do as long as they pay for today's base fee and tip, even if not for twice the base fee.
    """
    base_wei = (current["maxFeePerGas"] - current["maxPriorityFeePerGas"]) // 2
    if old["maxFeePerGas"] >= base_wei + current["maxPriorityFeePerGas"]:
        return None
    least = dearer(old)
    return {name: max(current[name], least[name]) for name in FEES}


def dearer(old: Fees) -> Fees:
    """The least fees for which a node lets go of bytes that offer the old ones."""
    return {name: old[name] * (100 + RAISE_PERCENT) // 100 + 1 for name in FEES}
