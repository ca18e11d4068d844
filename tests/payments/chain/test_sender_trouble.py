"""The sender when the node is odd, the chain takes back, or somebody else has the key."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.chain import client, envelope, sender, signer, vault
from payments.chain.errors import Refused, Unreachable
from payments.chain.wallet import Wallet
from payments.models import ChainTx
from tests.payments.chain.conftest import nobody

pytestmark = pytest.mark.django_db
State = ChainTx.State


def answering(error):
    def answer(*arguments, **options):
        raise error

    return answer


def sign_only(tx, monkeypatch):
    """Signed, and never seen by any node."""
    with monkeypatch.context() as broken:
        broken.setattr(client, "send", answering(Unreachable("gone")))
        sender.advance()
    tx.refresh_from_db()
    assert tx.state == State.SIGNED
    return bytes(tx.raw)


@pytest.mark.parametrize(
    "words",
    [
        "already known",
        "AlreadyKnown",
        "transaction already imported",
        "Known transaction",
        "nonce too low: next nonce 5, tx nonce 4",
        "OldNonce",
    ],
)
def test_a_node_that_has_the_bytes_is_no_refusal(queued, monkeypatch, words):
    tx = queued()
    monkeypatch.setattr(client, "send", answering(Refused(words)))

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, tx.error) == (State.SENT, "")


@pytest.mark.parametrize("words", ["ERR_INCORRECT_NONCE", "wrong sequence, got 4"])
def test_a_nonce_that_is_used_is_no_refusal_in_whatever_words(queued, run, monkeypatch, words):
    """Aurora's say so; it stayed SIGNED, paid and never settled."""
    tx, send = queued(), client.send

    def taken_late(raw):
        send(raw)
        monkeypatch.setattr(client, "send", answering(Refused(words)))
        raise Unreachable("The node did not answer in time.")

    monkeypatch.setattr(client, "send", taken_late)

    assert (run(tx).state, tx.error) == (State.CONFIRMED, "")
    assert Wallet.token_balance(nobody(1)) == 500


def test_a_nonce_that_is_not_used_is_refused_in_whatever_words(queued, by_hand, monkeypatch):
    tx = queued()
    monkeypatch.setattr(client, "send", answering(Refused("ERR_INCORRECT_NONCE")))

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, tx.error) == (State.SIGNED, "ERR_INCORRECT_NONCE")


@pytest.mark.parametrize(
    "words", ["unknown transaction type", "insufficient funds for gas * price + value"]
)
def test_a_refusal_is_kept_and_tried_again(queued, run, monkeypatch, words):
    tx = queued()
    with monkeypatch.context() as broken:
        broken.setattr(client, "send", answering(Refused(words)))
        sender.advance()
    tx.refresh_from_db()
    assert (tx.state, tx.error) == (State.SIGNED, words)
    raw = bytes(tx.raw)

    run(tx)

    assert (tx.state, tx.error, bytes(tx.raw)) == (State.CONFIRMED, "", raw)


def test_a_timeout_after_the_broadcast_is_unknown(queued, run, monkeypatch):
    tx, sent, send = queued(), [], client.send

    def lost(raw):
        sent.append(raw)
        send(raw)
        if len(sent) == 1:
            raise Unreachable("The node did not answer in time.")

    monkeypatch.setattr(client, "send", lost)
    sender.advance()
    tx.refresh_from_db()
    assert (tx.state, tx.error) == (State.SIGNED, "The node did not answer in time.")

    run(tx)

    assert tx.state == State.CONFIRMED
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert Wallet.token_balance(nobody(1)) == 500


def test_what_a_reorganisation_took_back_is_sent_again(queued, run, chain, mine):
    tx = queued()
    sender.advance()
    mine()
    chain.call("anvil_reorg", 2, [])
    assert client.receipt(ChainTx.objects.get().tx_hash) is None

    run(tx)

    assert tx.state == State.CONFIRMED
    assert tx.hashes == [tx.tx_hash]
    assert Wallet.token_balance(nobody(1)) == 500


def test_what_waits_at_the_node_is_not_sent_again(queued, run, by_hand, monkeypatch):
    tx, sent, send = queued(), [], client.send
    monkeypatch.setattr(client, "send", lambda raw: sent.append(raw) or send(raw))

    for _ in range(3):
        sender.advance()

    tx.refresh_from_db()
    assert sent == [bytes(tx.raw)]
    assert run(tx).state == State.CONFIRMED


def test_a_receipt_of_a_block_that_is_not_the_chains_waits(queued, mine, monkeypatch):
    tx = queued()
    sender.advance()
    mine(5)
    monkeypatch.setattr(client, "block_hash", lambda number: "0xother")

    sender.advance()

    tx.refresh_from_db()
    assert tx.state == State.SENT


def test_a_nonce_that_another_tx_took_for_good_is_a_failure(queued, run, monkeypatch):
    tx = queued()
    sign_only(tx, monkeypatch)
    Wallet(signer.PAYER_INDEX).mint(1)  # a foreign use of the key

    run(tx)

    assert (tx.state, tx.error) == (State.FAILED, "Another tx took its nonce.")
    assert not vault.is_paid(bytes(tx.calldata))


def test_a_nonce_is_gone_only_at_depth(queued, run, mine, monkeypatch, settings):
    settings.CHAIN_CONFIRMATIONS = 5
    tx = queued()
    sign_only(tx, monkeypatch)
    Wallet(signer.PAYER_INDEX).mint(1)

    run(tx, rounds=3)

    assert tx.state == State.SENT


def test_a_paid_batch_without_a_receipt_is_unknown_and_never_failed(queued, run, mine, monkeypatch):
    tx = queued()
    sender.advance()
    mine(5)
    with monkeypatch.context() as odd:
        odd.setattr(client, "receipt", lambda tx_hash: None)
        odd.setattr(client, "is_known", lambda tx_hash: False)
        sender.advance()
        tx.refresh_from_db()
        assert tx.state == State.SENT

    assert run(tx).state == State.CONFIRMED


def test_a_node_that_lags_behind_cannot_make_it_fail(queued, mine, monkeypatch):
    """Asked for the block where the nonce is gone, such a node refuses: it has no such block."""
    tx, asked = queued(), []
    sender.advance()
    mine(5)

    def lagging(calldata, *, block_number):
        asked.append(block_number)
        raise Refused("header not found")

    monkeypatch.setattr(client, "receipt", lambda tx_hash: None)
    monkeypatch.setattr(client, "is_known", lambda tx_hash: False)
    monkeypatch.setattr(vault, "is_paid", lagging)
    sender.advance()

    tx.refresh_from_db()
    assert asked == [client.head() - 2]
    assert (tx.state, tx.error) == (State.SENT, "header not found")


def test_with_a_key_that_is_not_the_vaults_payer_nothing_is_signed(queued, run, monkeypatch):
    tx = queued()
    Wallet(0)._call("Vault", tx.to, "set_payer", nobody(5))

    sender.advance()
    tx.refresh_from_db()
    assert (tx.state, tx.nonce) == (State.READY, None)
    assert tx.error.startswith(f"The vault is paid by {nobody(5)}")

    monkeypatch.setattr(signer, "PAYER_INDEX", 7)
    Wallet(0)._call("Vault", tx.to, "set_payer", signer.dev_account(7).address)
    assert run(tx).state == State.CONFIRMED


def test_without_a_key_the_signed_ones_go_on(queued, run, settings):
    first = queued((nobody(1), 500))
    sender.advance()
    second = queued((nobody(2), 500))
    settings.PAYER_KEYSTORE = "/nowhere/keystore.json"

    run(first)

    second.refresh_from_db()
    assert first.state == State.CONFIRMED
    assert (second.state, second.error) == (
        State.READY,
        "The keystore file cannot be opened: FileNotFoundError.",
    )


def test_a_node_that_tells_no_fees_holds_up_the_new_ones_alone(queued, mine, monkeypatch):
    first = queued((nobody(1), 500))
    sender.advance()
    second = queued((nobody(2), 500))
    mine(3)
    monkeypatch.setattr(client, "fees", answering(Refused("the method does not exist")))

    with pytest.raises(Refused, match="does not exist"):
        sender.advance()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.CONFIRMED, State.READY)


def overdue(tx):
    """As if it had been signed long ago."""
    then = timezone.now() - timedelta(seconds=sender.RAISE_AFTER_SECONDS + 1)
    ChainTx.objects.filter(pk=tx.pk).update(signed_at=then)


@pytest.fixture
def make_blocks_dear(chain, mine):
    """Each call makes the next blocks ten times as dear; afterwards they cost what they did."""
    before = client.block(client.head())["baseFeePerGas"]

    def dearer():
        fee = client.block(client.head())["baseFeePerGas"] * 10
        chain.call("anvil_setNextBlockBaseFeePerGas", hex(fee))
        mine()

    yield dearer
    chain.call("anvil_setNextBlockBaseFeePerGas", hex(before))


def test_a_tx_nobody_mines_offers_more_under_the_same_nonce(
    queued, run, make_blocks_dear, monkeypatch
):
    tx = queued()
    old = sign_only(tx, monkeypatch)
    nonce, old_hash = tx.nonce, tx.tx_hash
    make_blocks_dear()
    overdue(tx)

    run(tx)

    assert tx.state == State.CONFIRMED
    assert tx.nonce == nonce
    assert tx.hashes == [old_hash, tx.tx_hash]
    assert bytes(tx.raw) != old
    assert Wallet.token_balance(nobody(1)) == 500


def test_the_older_bytes_may_still_be_the_ones_that_are_mined(
    queued, run, mine, by_hand, monkeypatch
):
    tx = queued()
    sender.advance()
    tx.refresh_from_db()
    old_hash, dear = tx.tx_hash, {name: fee * 20 for name, fee in client.fees().items()}
    overdue(tx)
    with monkeypatch.context() as broken:
        broken.setattr(client, "fees", lambda: dear)
        broken.setattr(client, "send", answering(Unreachable("gone")))
        sender.advance()
    tx.refresh_from_db()
    assert (tx.state, len(tx.hashes)) == (State.SIGNED, 2)

    mine(4)
    run(tx)

    assert (tx.state, tx.tx_hash) == (State.CONFIRMED, old_hash)
    assert len(tx.hashes) == 2
    assert Wallet.token_balance(nobody(1)) == 500


def test_fees_that_still_do_are_not_raised(queued, run, by_hand):
    tx = queued()
    sender.advance()
    overdue(tx)

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, len(tx.hashes)) == (State.SENT, 1)
    run(tx)


def test_fees_of_what_is_mined_are_not_raised(queued, run, mine, make_blocks_dear, settings):
    settings.CHAIN_CONFIRMATIONS = 5
    tx = queued()
    sender.advance()
    mine()
    make_blocks_dear()
    overdue(tx)

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, tx.hashes) == (State.SENT, [tx.tx_hash])
    assert run(tx).state == State.CONFIRMED


def test_what_another_key_signed_is_left_to_that_key(queued, make_blocks_dear, monkeypatch):
    tx = queued()
    raw = sign_only(tx, monkeypatch)
    make_blocks_dear()
    overdue(tx)
    new = signer.dev_account(7)
    Wallet(0)._call("Vault", tx.to, "set_payer", new.address)
    monkeypatch.setattr(signer, "payer", lambda chain_id: new)

    sender.advance()

    tx.refresh_from_db()
    assert (bytes(tx.raw), len(tx.hashes)) == (raw, 1)


def rotated(tx, mine, monkeypatch):
    """The vault has another payer, the old one's bytes are with nobody, and time goes by."""
    sign_only(tx, monkeypatch)
    Wallet(0)._call("Vault", tx.to, "set_payer", signer.dev_account(7).address)
    monkeypatch.setattr(signer, "PAYER_INDEX", 7)
    monkeypatch.setattr(client, "send", answering(Refused("insufficient funds")))
    overdue(tx)
    sender.advance()
    tx.refresh_from_db()
    assert tx.state == State.SIGNED  # it is not deep enough
    mine(3)
    sender.advance()
    tx.refresh_from_db()


def test_what_a_dismissed_key_has_signed_and_nobody_mines_is_a_failure(queued, mine, monkeypatch):
    tx = queued()

    rotated(tx, mine, monkeypatch)

    error = "The vault has dismissed the key that signed it."
    assert (tx.state, tx.error) == (State.FAILED, error)
    assert not vault.is_paid(bytes(tx.calldata))


def test_not_while_any_endpoint_says_that_it_was_paid(queued, mine, monkeypatch):
    tx = queued()
    monkeypatch.setattr(vault, "is_paid", lambda calldata, **options: True)

    rotated(tx, mine, monkeypatch)

    assert tx.state == State.SIGNED


def test_nor_what_was_signed_by_a_key_that_is_not_known_as_payer_yet(
    queued, run, mine, monkeypatch, settings
):
    """The vault's new payer has signed at once: as of a deep block it has never paid."""
    settings.CHAIN_CONFIRMATIONS = 5
    tx = queued()
    mine(6)
    Wallet(0)._call("Vault", tx.to, "set_payer", signer.dev_account(7).address)
    monkeypatch.setattr(signer, "PAYER_INDEX", 7)
    sign_only(tx, monkeypatch)
    overdue(tx)

    with monkeypatch.context() as broken:
        broken.setattr(client, "send", answering(Unreachable("gone")))
        sender.advance()

    assert run(tx, rounds=8).state == State.CONFIRMED


def test_fees_are_raised_so_often_and_no_more(queued, monkeypatch, settings):
    settings.CHAIN_FEE_LIMIT_GWEI = 10**20
    tx = queued()
    sign_only(tx, monkeypatch)
    monkeypatch.setattr(client, "send", answering(Refused("max fee per gas less than base fee")))
    for power in range(sender.HASHES_LIMIT + 2):
        dear = {"maxFeePerGas": 10 ** (10 + power), "maxPriorityFeePerGas": 1}
        monkeypatch.setattr(client, "fees", lambda dear=dear: dear)
        overdue(tx)
        sender.advance()

    tx.refresh_from_db()
    assert len(tx.hashes) == sender.HASHES_LIMIT
    assert len(set(tx.hashes)) == sender.HASHES_LIMIT
    assert tx.error == "max fee per gas less than base fee"


def test_the_limit_that_keeps_fees_from_being_raised_is_told(
    queued, run, by_hand, make_blocks_dear, monkeypatch, settings
):
    tx = queued()
    settings.CHAIN_FEE_LIMIT_GWEI = client.fees()["maxFeePerGas"] // 10**9 + 1
    sender.advance()
    for _ in range(2):
        make_blocks_dear()
    overdue(tx)

    with monkeypatch.context() as patient:
        patient.setattr(client, "is_known", lambda tx_hash: True)  # this node drops what is cheap
        sender.advance()

    tx.refresh_from_db()
    assert (len(tx.hashes), tx.error) == (
        1,
        "Nobody mines it for what CHAIN_FEE_LIMIT_GWEI lets it offer.",
    )
    settings.CHAIN_FEE_LIMIT_GWEI = 10**6
    assert (run(tx).state, tx.error) == (State.CONFIRMED, "")


def test_what_was_signed_so_often_and_is_not_mined_calls_for_a_person(queued, by_hand, caplog):
    tx = queued()
    sender.advance()
    overdue(tx)
    ChainTx.objects.update(hashes=[f"0x{n}" for n in range(9)] + [ChainTx.objects.get().tx_hash])

    for _ in range(2):
        sender.advance()

    tx.refresh_from_db()
    assert (tx.state, len(tx.hashes)) == (State.SENT, 10)
    assert "a person has to look" in tx.error
    assert caplog.text.count("a person has to look") == 1


def test_no_node_makes_us_offer_more_than_the_limit(queued, chain, monkeypatch, settings):
    settings.CHAIN_FEE_LIMIT_GWEI = 3
    chain.call("anvil_setNextBlockBaseFeePerGas", hex(10**12))
    chain.mine()
    tx = queued()

    sign_only(tx, monkeypatch)
    chain.call("anvil_setNextBlockBaseFeePerGas", hex(10**9))
    chain.mine()

    assert envelope.offered(bytes(tx.raw))["maxFeePerGas"] == 3 * 10**9


def test_a_raise_above_the_limit_is_none(queued, make_blocks_dear, monkeypatch, settings):
    tx = queued()
    old = sign_only(tx, monkeypatch)
    offered_gwei = envelope.offered(old)["maxFeePerGas"] // 10**9
    make_blocks_dear()
    overdue(tx)
    settings.CHAIN_FEE_LIMIT_GWEI = offered_gwei

    sender.advance()

    tx.refresh_from_db()
    assert (bytes(tx.raw), len(tx.hashes)) == (old, 1)
