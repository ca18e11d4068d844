"""Chain txs: from a row to a transfer that is deep enough.

Promises: row, commit, call, row. A nonce is taken once, in the database; signed bytes and their
hash are committed before they are sent; what is sent again is the same bytes. Only a higher fee
makes other bytes, of the same nonce, and then every hash is kept and looked for. A timeout means
unknown, never failed. FAILED means that it can never be mined, or was mined and reverted.
"""

import hashlib
import logging
import re
from datetime import timedelta

from django.db.models import Max
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils import timezone
from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3.types import TxReceipt

from payments import pauses
from payments.chain import client, envelope, orders, signer, vault
from payments.chain.alone import SENDING, alone
from payments.chain.errors import (
    ChainError,
    KeyTaken,
    NoKey,
    NotMeant,
    NotReported,
    NoVault,
    Refused,
    Unreachable,
)
from payments.models import ChainEvent, ChainTx, Network, ScannedBlock

State = ChainTx.State
TXS_LIMIT = 50  # per call and step
RAISE_AFTER_SECONDS = 180  # with bytes that nobody mines
HASHES_LIMIT = 10  # of one nonce
STRANGE_TXS = 1_000  # of our key that we do not know of: more are not believed
# What nodes say when they have these very bytes already, or have mined them.
HARMLESS = re.compile(
    r"already ?known|already imported|\bknown transaction|nonce too low|oldnonce", re.IGNORECASE
)

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


def give_up() -> int:
    """How many chain txs will never be signed: READY → FAILED, because somebody's exit came first.

    The exit dismissed the key that would have signed them. The next one must not: they may pay what
    was taken out, and their root owes it.
    """
    ready = ChainTx.objects.filter(state=State.READY)
    error = "Somebody took money out of the vault with a proof before it was signed."
    return ready.update(state=State.FAILED, confirmed_at=timezone.now(), error=error)


def advance() -> int:
    """How many arrows were gone by all chain txs together; 0 while another process is at it.

    While an admin has paused the network nothing is signed or sent, and what was sent is watched.
    Raises ChainError when the chain cannot be reached, at once, or when it refused to answer a
    step, after the other steps were gone. Then nothing is lost.
    """
    with alone(SENDING) as mine:
        if not mine or not ChainTx.objects.filter(state__in=_UNDER_WAY).exists():
            return 0
        network = client.network()
        arrows, refusals = 0, []
        steps = (_sign_all, _raise_all, _send_all, _give_up_all, _confirm_all)
        for step in steps[3:] if network.paused_at else steps:
            try:
                arrows += step(network)
            except Refused as error:
                refusals.append(error)
        if refusals:
            raise refusals[0]
        return arrows


_UNDER_WAY = [State.READY, State.SIGNED, State.SENT]


def _some(state: str) -> list[ChainTx]:
    # Batches are mined in the order of their numbers: the root of the last one is what stays.
    order = ["batch__number", "created_at"] if state == State.READY else ["nonce"]
    return list(ChainTx.objects.filter(state=state).order_by(*order)[:TXS_LIMIT])


def _note(tx: ChainTx, error: str) -> None:
    """Why it waits: on the row, and in the log when it is news."""
    if tx.error != error[:300]:
        logger.warning("chain tx %s waits: %s", tx.key, error)
        ChainTx.objects.filter(pk=tx.pk).update(error=error[:300])


def _sign_all(network: Network) -> int:
    ready = _some(State.READY)
    if not ready:
        return 0
    try:
        account = _account(network)
        _check_exits(account)
        mined_count = _mined_count(account)
    except NoKey as error:
        for tx in ready:
            _note(tx, str(error))
        return 0
    fees = client.fees()
    signed = [_sign(tx, account, least_nonce=mined_count, fees=fees) for tx in ready]
    return sum(signed)


def _account(network: Network) -> LocalAccount:
    """The key that the vault is paid with; raises NoKey for any other: its txs would revert."""
    account = signer.payer(network.chain_id)
    expected = vault.payer()
    if account.address != expected:
        raise NoKey(f"The vault is paid by {expected}, and our key is that of {account.address}.")
    return account


def _mined_count(account: LocalAccount) -> int:
    """The first nonce of this key that is not mined; raises NoKey for one that nobody can believe.

    What is signed with a nonce far ahead is never mined, nor is anything behind it.
    """
    count, last = client.nonce(account.address), _last_nonce(account)
    if last is not None and count > last + 1 + STRANGE_TXS:
        raise NoKey(
            f"The node says that our key has sent {count} txs, and our last nonce is {last}."
        )
    return count


def _last_nonce(account: LocalAccount) -> int | None:
    sent = ChainTx.objects.filter(sender=account.address)
    found: int | None = sent.aggregate(last=Max("nonce"))["last"]
    return found


def _check_exits(account: LocalAccount) -> None:
    """Nothing if whatever this key pays knows of all exits before it paid; else raises NoKey.

    An exit dismisses the payer for good. So if the key has paid since the newest block that was
    read, every exit until then is an event of ours; a later one makes worthless what is signed now.
    """
    newest = ScannedBlock.objects.values_list("number", flat=True).first()
    if ChainEvent.objects.unsettled().exits().exists():
        raise NoKey("Somebody took money out of the vault with a proof: the book comes first.")
    if newest is None:
        return
    if vault.payer(block_number=min(newest, client.head())) != account.address:
        raise NoKey("The vault has a new payer, and the chain is not read up to that.")


@atomic
def _sign(tx: ChainTx, account: LocalAccount, *, least_nonce: int, fees: envelope.Fees) -> bool:
    """READY → SIGNED: a nonce of its own, the bytes and their hash. Locks the chain tx.

    Where somebody else uses the key too, the nonce is the first that is not mined and not ours:
    a gap that nobody fills would hold up everything behind it.
    """
    held = ChainTx.objects.select_for_update().filter(pk=tx.pk, state=State.READY).first()
    if held is None or pauses.is_paused() or not _is_meant(held):
        return False
    taken = _last_nonce(account)
    held.nonce = least_nonce if taken is None else max(least_nonce, taken + 1)
    _seal(held, account, fees=fees)
    return True


def _is_meant(tx: ChainTx) -> bool:
    """False, and said: its bytes are not what its rows say."""
    try:
        orders.check(tx)
    except NotMeant as error:
        _note(tx, str(error))
        return False
    return True


def _seal(tx: ChainTx, account: LocalAccount, *, fees: envelope.Fees) -> None:
    chain_id = Network.objects.get().chain_id
    envelope.seal(tx, account, chain_id=chain_id, fees=fees)
    tx.state, tx.signed_at, tx.error = State.SIGNED, Now(), ""
    fields = ["nonce", "sender", "raw", "tx_hash", "hashes", "state", "signed_at", "error"]
    tx.save(update_fields=fields)


def _stuck() -> list[ChainTx]:
    """With bytes that nobody has mined for long."""
    before = Now() - timedelta(seconds=RAISE_AFTER_SECONDS)
    waiting = [State.SIGNED, State.SENT]
    stuck = ChainTx.objects.filter(state__in=waiting, signed_at__lt=before)
    return list(stuck.order_by("nonce")[:TXS_LIMIT])


def _raise_all(network: Network) -> int:
    """How many were signed anew because nobody mines them at what they offer."""
    found = [tx for tx in _stuck() if len(tx.hashes) < HASHES_LIMIT or _given_up(tx)]
    if not found:
        return 0
    try:
        account = _account(network)
    except NoKey as error:
        logger.warning("fees are not raised: %s", error)
        return 0
    current = client.fees()
    return sum(_raise(tx, account, current=current) for tx in found if not _receipt(tx))


def _given_up(tx: ChainTx) -> bool:
    """False, and said: it gets no further bytes; those that there are may still be mined."""
    if tx.state == State.SENT:
        _note(tx, f"Signed {HASHES_LIMIT} times, and nobody mines it: a person has to look.")
    return False


@atomic
def _raise(tx: ChainTx, account: LocalAccount, *, current: envelope.Fees) -> bool:
    """SIGNED or SENT → SIGNED: the same nonce and calldata, a higher fee. Locks the chain tx."""
    same = ChainTx.objects.select_for_update().filter(pk=tx.pk, state=tx.state, tx_hash=tx.tx_hash)
    held = same.first()
    if held is None or held.sender != account.address or pauses.is_paused():
        return False
    if not _is_meant(held):
        return False
    offered = envelope.offered(bytes(held.raw or b""))
    fees = envelope.raised(offered, current=current)
    if fees is None or fees["maxFeePerGas"] > client.fee_limit_wei():
        _note_limit(held, max(envelope.dearer(offered), current, key=_most))
        return False
    logger.warning("chain tx %s is not mined: %s", held.key, fees)
    _seal(held, account, fees=fees)
    return True


def _most(fees: envelope.Fees) -> int:
    return fees["maxFeePerGas"]


def _note_limit(tx: ChainTx, wanted: envelope.Fees) -> None:
    """Nothing, unless the settings are what keeps it from offering more: no node would say so."""
    if tx.state == State.SENT and _most(wanted) >= client.fee_limit_wei():
        _note(tx, "Nobody mines it for what CHAIN_FEE_LIMIT_GWEI lets it offer.")


def _send_all(network: Network) -> int:
    return sum(_send(tx) for tx in _some(State.SIGNED))


def _send(tx: ChainTx) -> bool:
    """SIGNED → SENT: a node has the bytes. An unknown end leaves it SIGNED, to be sent again."""
    if pauses.is_paused():
        return False
    try:
        _broadcast(tx)
    except ChainError as error:
        _note(tx, str(error))
        return False
    sent = ChainTx.objects.filter(pk=tx.pk, state=State.SIGNED, tx_hash=tx.tx_hash)
    return bool(sent.update(state=State.SENT, sent_at=timezone.now(), error=""))


def _broadcast(tx: ChainTx) -> None:
    """A node has the bytes, or its nonce is behind all of them. Raises ChainError."""
    try:
        client.send(bytes(tx.raw or b""))
    except Refused as error:
        if not HARMLESS.search(str(error)) and not _is_nonce_used(tx):
            raise


def _is_nonce_used(tx: ChainTx) -> bool:
    """True once some bytes of this nonce are mined: each network has its own words for that."""
    return tx.nonce is not None and client.nonce(tx.sender) > tx.nonce


def _give_up_all(network: Network) -> int:
    """How many can never pay any more, whether or not somebody mines them one day."""
    stuck = _stuck()
    if not stuck:
        return 0
    head = client.head()
    deep = max(head - client.depth(head), 0)
    client.agree(deep)
    return sum(_give_up(tx, deep=deep) for tx in stuck)


def _give_up(tx: ChainTx, *, deep: int) -> bool:
    """SIGNED or SENT → FAILED: the vault has dismissed the key for good, and it had not paid."""
    try:
        if not vault.has_dismissed(tx.sender, block_number=deep) or _receipt(tx):
            return False
        if vault.is_paid(bytes(tx.calldata), block_number=deep):
            return False
    except ChainError as error:
        _note(tx, str(error))
        return False
    same = ChainTx.objects.filter(pk=tx.pk, state=tx.state, tx_hash=tx.tx_hash)
    why = "The vault has dismissed the key that signed it."
    return bool(same.update(state=State.FAILED, confirmed_at=timezone.now(), error=why))


def _confirm_all(network: Network) -> int:
    sent = _some(State.SENT)
    if not sent:
        return 0
    head = client.head()
    depth = client.depth(head)
    client.agree(max(head - depth, 0))
    return sum(_confirm(tx, head=head, depth=depth) for tx in sent)


def _confirm(tx: ChainTx, *, head: int, depth: int) -> bool:
    """SENT → CONFIRMED or FAILED once it is deep enough; sent again if the chain forgot it."""
    try:
        receipt = _receipt(tx)
        if receipt is None:
            return _look_for(tx, head=head, depth=depth)
        number = int(receipt["blockNumber"])
        if head - number < depth:
            return False
        if client.block_hash(number) != HexBytes(receipt["blockHash"]).to_0x_hex():
            return False
        client.vouch(receipt)
        return _end(tx, receipt)
    except ChainError as error:
        _note(tx, str(error))
        return False


def _receipt(tx: ChainTx) -> TxReceipt | None:
    """Of whichever of its bytes was mined."""
    found = (client.receipt(tx_hash) for tx_hash in reversed(tx.hashes))
    return next((one for one in found if one is not None), None)


def _look_for(tx: ChainTx, *, head: int, depth: int) -> bool:
    """No receipt: it waits, it was forgotten, or another tx took its nonce for good."""
    if any(client.is_known(tx_hash) for tx_hash in tx.hashes):
        return False
    deep = head - depth
    nonce_is_gone = deep >= 0 and client.nonce(tx.sender, block_number=deep) > (tx.nonce or 0)
    if not nonce_is_gone:
        if not pauses.is_paused():
            _broadcast(tx)
        return False
    # For good says who hears it of everybody: who is silent might know better.
    if client.nonce(tx.sender, block_number=deep, by_all=True) <= (tx.nonce or 0):
        return False
    # Asked of that same block: a node that lags behind has to refuse, and cannot say no.
    if vault.is_paid(bytes(tx.calldata), block_number=deep):
        return False  # a receipt must turn up: unknown, not failed
    return _write_end(tx, State.FAILED, error="Another tx took its nonce.")


def _end(tx: ChainTx, receipt: TxReceipt) -> bool:
    if int(receipt["gasUsed"]) > tx.gas_limit:
        raise Unreachable("The node says that it took more gas than it had.")
    facts = {
        "tx_hash": HexBytes(receipt["transactionHash"]).to_0x_hex(),
        "block_number": int(receipt["blockNumber"]),
        "block_hash": HexBytes(receipt["blockHash"]).to_0x_hex(),
        "gas_used": int(receipt["gasUsed"]),
        "gas_price_wei": int(receipt["effectiveGasPrice"]),
    }
    if receipt["status"] == 1:
        outcome = vault.outcome(bytes(tx.calldata), receipt)
        return _write_end(tx, State.CONFIRMED, outcome=outcome, error="", **facts)
    if vault.is_paid(bytes(tx.calldata), block_number=int(receipt["blockNumber"])):
        raise NotReported("Its batch was paid before, by another tx: a person has to look.")
    return _write_end(tx, State.FAILED, error="It was mined and reverted.", **facts)


def _write_end(tx: ChainTx, state: str, **facts: object) -> bool:
    found = ChainTx.objects.filter(pk=tx.pk, state=State.SENT)
    return bool(found.update(state=state, confirmed_at=timezone.now(), **facts))
