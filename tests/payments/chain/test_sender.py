"""The sender: from a row to a transfer that is deep enough, once."""

import pytest

from payments.chain import client, envelope, sender, signer, vault
from payments.chain.errors import KeyTaken, NoVault
from payments.chain.wallet import Wallet
from payments.models import ChainTx
from tests.payments.chain.conftest import nobody

pytestmark = pytest.mark.django_db


def test_queued_under_a_key_once(queued):
    tx = queued()
    calldata = bytes(tx.calldata)

    assert sender.queue(tx.key, calldata=calldata, gas_limit=1) == tx
    with pytest.raises(KeyTaken):
        sender.queue(tx.key, calldata=calldata + b"\0", gas_limit=1)
    assert ChainTx.objects.get().state == ChainTx.State.READY


def test_without_a_vault_nothing_is_queued():
    with pytest.raises(NoVault):
        sender.queue("batch:1", calldata=b"", gas_limit=1)

    assert sender.advance() == 0


def test_a_batch_goes_all_the_way(queued, mine):
    one, two = nobody(1), nobody(2)
    tx = queued((one, 500), (two, 700))

    assert sender.advance() >= 2  # signed, sent
    tx.refresh_from_db()
    assert (tx.state, tx.sender) == (ChainTx.State.SENT, signer.dev_account(1).address)
    assert tx.hashes == [tx.tx_hash]
    mine(3)
    assert sender.advance() == 1
    tx.refresh_from_db()

    assert tx.state == ChainTx.State.CONFIRMED
    assert tx.outcome == {"paid": [0, 1], "skipped": []}
    assert tx.block_hash == client.block_hash(tx.block_number)
    assert 0 < tx.gas_used < tx.gas_limit
    assert [Wallet.token_balance(payee) for payee in (one, two)] == [500, 700]
    assert vault.is_paid(bytes(tx.calldata))
    assert sender.advance() == 0


def test_the_outcome_names_who_was_skipped(queued, run, vault_money):
    tx = run(queued((nobody(1), 500), (nobody(2), vault_money), (nobody(3), 700)))

    assert tx.outcome == {"paid": [0, 2], "skipped": [1]}


def test_it_is_confirmed_at_its_depth_and_not_before(queued, mine, settings):
    settings.CHAIN_CONFIRMATIONS = 5
    tx, states = queued(), []
    for blocks in (0, 1, 3, 1):
        sender.advance()
        mine(blocks) if blocks else None
        sender.advance()
        tx.refresh_from_db()
        states.append(tx.state)

    assert states == ["SENT", "SENT", "SENT", "CONFIRMED"]
    assert client.head() - tx.block_number == 5


def test_each_tx_has_a_nonce_of_its_own(queued, run):
    txs = [queued((nobody(number), 100)) for number in range(3)]
    for tx in txs:
        run(tx)

    first = min(tx.nonce for tx in txs)
    assert sorted(tx.nonce for tx in txs) == [first, first + 1, first + 2]
    assert {tx.state for tx in txs} == {ChainTx.State.CONFIRMED}


def test_who_was_queued_first_has_the_lower_nonce(queued):
    txs = [queued((nobody(number), 100)) for number in range(3)]

    sender.advance()

    by_nonce = ChainTx.objects.order_by("nonce").values_list("pk", flat=True)
    assert list(by_nonce) == [tx.pk for tx in txs]


def test_where_somebody_else_used_the_key_the_next_nonce_is_taken(queued, run):
    payer = Wallet(signer.PAYER_INDEX)
    run(queued((nobody(1), 100)))
    for _ in range(2):
        payer.mint(1)

    tx = run(queued((nobody(2), 100)))

    assert tx.state == ChainTx.State.CONFIRMED
    assert tx.nonce == client.nonce(payer.address) - 1


CALLS = ["nonce", "fees", "send", "head", "receipt", "block_hash"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", CALLS)
def test_a_crash_at_a_call_is_repaired_by_the_next_run(queued, run, monkeypatch, name, when):
    tx, original = queued(), getattr(client, name)

    def crash(*arguments, **options):
        if when == "after":
            original(*arguments, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(client, name, crash)
        with pytest.raises(KeyboardInterrupt):
            run(tx)
    run(tx)

    assert tx.state == ChainTx.State.CONFIRMED
    assert tx.hashes == [tx.tx_hash]
    assert Wallet.token_balance(nobody(1)) == 500


def test_what_the_vault_reverts_has_failed(queued, run):
    tx = queued()
    Wallet(0)._call("Vault", tx.to, "set_daily_cap", 499)

    run(tx)

    assert (tx.state, tx.error) == (ChainTx.State.FAILED, "It was mined and reverted.")
    assert tx.outcome is None
    assert Wallet.token_balance(nobody(1)) == 0


def test_the_next_one_is_not_held_up_by_one_that_failed(queued, run):
    bad, good = queued((nobody(1), 500)), queued((nobody(2), 400))
    Wallet(0)._call("Vault", bad.to, "set_daily_cap", 499)

    run(bad)
    good.refresh_from_db()

    assert (bad.state, good.state) == (ChainTx.State.FAILED, ChainTx.State.CONFIRMED)


def test_what_a_foreign_vault_mined_is_not_confirmed(queued, run):
    """To an address without code every call succeeds, and nobody is paid by it."""
    tx = queued()
    ChainTx.objects.update(to=nobody(9))

    run(tx)

    assert tx.state == ChainTx.State.SENT
    assert "does not report this batch" in tx.error


def test_envelopes_say_what_the_row_says(queued):
    tx = queued()
    tx.nonce = 12
    fees = {"maxFeePerGas": 30, "maxPriorityFeePerGas": 2}

    envelope.seal(tx, signer.dev_account(1), chain_id=31337, fees=fees)

    assert envelope.offered(tx.raw) == fees
    assert tx.hashes == [tx.tx_hash]


@pytest.mark.parametrize(
    ("old", "current", "raised"),
    [
        ((100, 10), (110, 10), None),  # base 50 and tip 10 are within 100
        ((60, 10), (110, 10), None),
        ((59, 10), (110, 10), (110, 12)),
        ((100, 100), (90, 10), None),
        ((1_000, 10), (4_010, 10), (4_010, 12)),
        ((1_000, 10), (2_010, 30), (2_010, 30)),
    ],
)
def test_fees_are_raised_when_they_no_longer_do(old, current, raised):
    def fees(pair):
        return dict(zip(envelope.FEES, pair, strict=True))

    found = envelope.raised(fees(old), current=fees(current))

    assert found == (fees(raised) if raised else None)
