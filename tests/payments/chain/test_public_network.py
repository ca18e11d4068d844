"""A chain that is not the local one: keys from keystore files, from the vault to the payee."""

import json
import os
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from eth_account import Account

from launcher import chain as anvil
from launcher import processes
from payments import jobs
from payments.chain import sender, signer, vault
from payments.chain.errors import WrongChain
from payments.chain.wallet import Wallet
from payments.models import ChainTx, Network
from tests.payments.chain.conftest import ROOTS, fresh_batch, nobody

pytestmark = pytest.mark.django_db
SEPOLIA = 11155111
OWNER, PAYER = Account.from_key("0x" + "21" * 32), Account.from_key("0x" + "22" * 32)
MINT = "0x40c10f19"
COIN = hex(10**18)


@pytest.fixture(scope="module")
def public_url() -> Iterator[str]:
    """A chain with another id, on which the well-known keys have nothing to say."""
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    command = [*anvil.anvil(), "--chain-id", str(SEPOLIA), "--silent", "--port", str(port)]
    child = processes.spawn("public chain", command, log=None, env=os.environ)
    try:
        processes.wait_until(lambda: anvil.answers(url), child=child, seconds=30)
        yield url
    finally:
        processes.stop([child], seconds=3)


@pytest.fixture
def call(public_url, settings):
    settings.CHAIN_RPC_URL = public_url
    for account in (OWNER, PAYER):
        anvil.call(public_url, "anvil_setBalance", account.address, COIN)
    return lambda method, *params: anvil.call(public_url, method, *params)


@pytest.fixture
def keystores(tmp_path, settings):
    """Files of the owner's and the payer's keys; the password stands in a third."""
    (tmp_path / "password").write_text("open\n")
    for name, account in (("owner", OWNER), ("payer", PAYER)):
        encrypted = Account.encrypt(account.key, "open", kdf="pbkdf2", iterations=2)
        (tmp_path / name).write_text(json.dumps(encrypted))
    settings.PAYER_KEYSTORE = str(tmp_path / "payer")
    settings.PAYER_KEYSTORE_PASSWORD = "open"
    return tmp_path


def deploy(keystores, *options):
    call_command(
        "deploy_vault",
        *("--owner-keystore", str(keystores / "owner")),
        *("--password-file", str(keystores / "password"), "--name", "Sepolia", *options),
        verbosity=0,
    )
    return Network.objects.get()


def words(*values):
    return "".join(format(value, "064x") for value in values)


def test_from_the_keystores_to_the_payee(call, keystores):
    network = deploy(keystores, "--daily-cap", "2")
    data = MINT + words(int(network.vault_address, 16), 5_000_000)
    (giver, *_) = call("eth_accounts")
    call("eth_sendTransaction", {"from": giver, "to": network.token_address, "data": data})
    call("anvil_mine")

    tx = jobs.queue_batch(fresh_batch(), [(nobody(1), 500)], ROOTS)
    for _ in range(3):
        sender.advance()
        call("anvil_mine", "0x2")
    sender.advance()

    tx.refresh_from_db()
    assert (network.chain_id, network.name) == (SEPOLIA, "Sepolia")
    assert (tx.state, tx.sender) == (ChainTx.State.CONFIRMED, PAYER.address)
    assert tx.outcome == {"paid": [0], "skipped": []}
    assert vault.balance_of(nobody(1)) == 500
    assert vault.payer() == PAYER.address


def test_a_payer_that_only_its_worker_knows(call, keystores, settings):
    settings.PAYER_KEYSTORE = ""

    deploy(keystores, "--payer", nobody(3))

    assert vault.payer() == nobody(3)


def test_a_token_that_is_there_already(call, keystores):
    first = deploy(keystores)
    Network.objects.all().delete()

    second = deploy(keystores, "--token", first.token_address)

    assert second.token_address == first.token_address
    assert second.vault_address != first.vault_address


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--token", nobody(7), "There is no token at 0x"),
        ("--token", "0x12", "An address starts with 0x and has 40 digits"),
        ("--payer", "nobody", "An address starts with 0x and has 40 digits"),
        ("--daily-cap", "-1", "amount"),
        ("--password-file", "/nowhere", "No such file"),
        ("--owner-keystore", "/nowhere", "The keystore file cannot be opened"),
    ],
)
def test_wrong_terms_deploy_nothing(call, keystores, option, value, sentence):
    head = call("eth_blockNumber")

    with pytest.raises(CommandError, match=f"(?i){sentence}"):
        deploy(keystores, option, value)

    assert not Network.objects.exists()
    assert call("eth_blockNumber") == head


def test_a_token_the_book_cannot_count_in(call, keystores, monkeypatch):
    token = deploy(keystores).token_address
    Network.objects.all().delete()
    monkeypatch.setattr(vault, "decimals", lambda address: 18)

    with pytest.raises(CommandError, match="The token has 18 decimals, and the book 6"):
        deploy(keystores, "--token", token)

    assert not Network.objects.exists()


def test_the_well_known_keys_stay_at_home(call, keystores, settings):
    deploy(keystores)
    settings.PAYER_KEYSTORE = ""
    tx = jobs.queue_batch(fresh_batch(), [(nobody(1), 500)], ROOTS)

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, tx.error) == (
        ChainTx.State.READY,
        "PAYER_KEYSTORE names no key, and this is not the local chain.",
    )
    with pytest.raises(WrongChain):
        Wallet(signer.PAYER_INDEX).mint(1)
