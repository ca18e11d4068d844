"""Chain txs: from a row to a transfer that is deep enough.

Promises: row, commit, call, row. A nonce is taken once, in the database; signed bytes and their
hash are committed before they are sent; what is sent again is the same bytes. A timeout means
unknown, never failed. FAILED means that it can never be mined, or was mined and reverted.
"""

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone
from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3.types import TxReceipt

from payments.chain import client, signer, vault
from payments.chain.alone import SENDING, alone
from payments.chain.errors import ChainError, KeyTaken, NoVault, Refused, Unreachable
from payments.models import ChainTx, Network

State = ChainTx.State
TXS_LIMIT = 50  # per call and step
# What nodes say when they have these very bytes already, or have mined them.
HARMLESS = ("already known", "already imported", "known transaction", "nonce too low")

logger = logging.getLogger(__name__)


def queue(key: str, *, calldata: bytes, gas_limit: int) -> ChainTx:
    """The chain tx of this key, READY now or queued before; to be called in a transaction.

    Raises KeyTaken if the key stands for other calldata, NoVault before there is one.
    """
    network = Network.objects.first()
    if network is None:
        raise NoVault("There is no vault yet: run `manage.py deploy_vault`.")
    tx, _ = ChainTx.objects.get_or_create(
        key=key,
        defaults={"to": network.vault_address, "calldata": calldata, "gas_limit": gas_limit},
    )
    if hashlib.sha256(tx.calldata).digest() != hashlib.sha256(calldata).digest():
        raise KeyTaken(key)
    return tx


def advance() -> int:
    """How many arrows were gone by all chain txs together; 0 while another process is at it.

    Raises ChainError when the chain cannot be reached at all; then nothing is lost.
    """
    with alone(SENDING) as mine:
        if not mine or not ChainTx.objects.filter(state__in=_UNDER_WAY).exists():
            return 0
        network = client.network()
        return _sign_all(network) + _send_all() + _confirm_all()


_UNDER_WAY = [State.READY, State.SIGNED, State.SENT]


def _some(state: str) -> list[ChainTx]:
    order = ["created_at"] if state == State.READY else ["nonce"]
    return list(ChainTx.objects.filter(state=state).order_by(*order)[:TXS_LIMIT])


def _sign_all(network: Network) -> int:
    ready = _some(State.READY)
    if not ready:
        return 0
    account = signer.payer(network.chain_id)
    mined_count, fees = client.nonce(account.address), client.fees()
    for tx in ready:
        _sign(tx, account, network=network, mined_count=mined_count, fees=fees)
    return len(ready)


@atomic
def _sign(
    tx: ChainTx, account: LocalAccount, *, network: Network, mined_count: int, fees: dict[str, int]
) -> None:
    """READY → SIGNED: a nonce of its own, the bytes and their hash."""
    taken = ChainTx.objects.filter(sender=account.address).aggregate(last=Max("nonce"))["last"]
    tx.nonce = mined_count if taken is None else max(mined_count, taken + 1)
    fields: dict[str, Any] = {
        "type": 2,
        "chainId": network.chain_id,
        "nonce": tx.nonce,
        "to": tx.to,
        "value": 0,
        "data": HexBytes(tx.calldata),
        "gas": tx.gas_limit,
        **fees,
    }
    signed = account.sign_transaction(fields)
    tx.sender = account.address
    tx.raw = bytes(signed.raw_transaction)
    tx.tx_hash = HexBytes(signed.hash).to_0x_hex()
    tx.hashes = [*tx.hashes, tx.tx_hash]
    tx.state, tx.signed_at = State.SIGNED, timezone.now()
    tx.save()


def _send_all() -> int:
    return sum(_send(tx) for tx in _some(State.SIGNED))


def _send(tx: ChainTx) -> bool:
    """SIGNED → SENT: a node has the bytes. An unknown end leaves it SIGNED, to be sent again."""
    try:
        _broadcast(tx)
    except ChainError as error:
        _note(tx, str(error))
        return False
    sent = ChainTx.objects.filter(pk=tx.pk, state=State.SIGNED)
    return bool(sent.update(state=State.SENT, sent_at=timezone.now(), error=""))


def _broadcast(tx: ChainTx) -> None:
    try:
        client.send(bytes(tx.raw or b""))
    except Refused as error:
        if not any(words in str(error).lower() for words in HARMLESS):
            raise


def _note(tx: ChainTx, error: str) -> None:
    logger.warning("chain tx %s waits: %s", tx.key, error)
    ChainTx.objects.filter(pk=tx.pk).update(error=error[:300])


def _confirm_all() -> int:
    sent = _some(State.SENT)
    if not sent:
        return 0
    head = client.head()
    return sum(_confirm(tx, head=head) for tx in sent)


def _confirm(tx: ChainTx, *, head: int) -> bool:
    """SENT → CONFIRMED or FAILED once it is deep enough; sent again if the chain forgot it."""
    try:
        receipt = client.receipt(tx.tx_hash)
        if receipt is None:
            return _look_for(tx, head=head)
        number = int(receipt["blockNumber"])
        if head - number < settings.CHAIN_CONFIRMATIONS:
            return False
        if client.block_hash(number) != HexBytes(receipt["blockHash"]).to_0x_hex():
            return False
        return _end(tx, receipt)
    except (Refused, Unreachable) as error:
        _note(tx, str(error))
        return False


def _look_for(tx: ChainTx, *, head: int) -> bool:
    """No receipt: it waits, it was forgotten, or another tx took its nonce for good."""
    if client.is_known(tx.tx_hash):
        return False
    deep = head - settings.CHAIN_CONFIRMATIONS
    nonce_is_gone = deep >= 0 and client.nonce(tx.sender, block_number=deep) > (tx.nonce or 0)
    if not nonce_is_gone:
        _broadcast(tx)
        return False
    if vault.is_paid(bytes(tx.calldata)):  # then a receipt must turn up: unknown, not failed
        return False
    return _write_end(tx, State.FAILED, error="Another tx took its nonce.")


def _end(tx: ChainTx, receipt: TxReceipt) -> bool:
    facts = {
        "block_number": int(receipt["blockNumber"]),
        "block_hash": HexBytes(receipt["blockHash"]).to_0x_hex(),
        "gas_used": int(receipt["gasUsed"]),
        "gas_price_wei": int(receipt["effectiveGasPrice"]),
    }
    if receipt["status"] == 1:
        outcome = vault.outcome(bytes(tx.calldata), receipt)
        return _write_end(tx, State.CONFIRMED, outcome=outcome, error="", **facts)
    return _write_end(tx, State.FAILED, error="It was mined and reverted.", **facts)


def _write_end(tx: ChainTx, state: str, **facts: object) -> bool:
    found = ChainTx.objects.filter(pk=tx.pk, state=State.SENT)
    return bool(found.update(state=state, confirmed_at=timezone.now(), **facts))
