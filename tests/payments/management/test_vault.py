"""`manage.py vault`: the owner changes the payer and the cap, and hands the vault over."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from eth_account import Account

from payments.chain import client, facts, signer, vault
from payments.chain.wallet import Wallet
from payments.models import Network

pytestmark = pytest.mark.django_db
NEXT, CANDIDATE = signer.dev_account(7), signer.dev_account(8)


@pytest.fixture
def told(chain):
    """The command's words."""

    def tell(*words):
        said = StringIO()
        call_command("vault", *map(str, words), stdout=said)
        return said.getvalue()

    return tell


@pytest.fixture
def keyfile(tmp_path):
    """The options that name an account's keystore file and its password."""

    def write(account):
        (tmp_path / "password").write_text("a quiet river\n")
        sealed = Account.encrypt(account.key, "a quiet river", kdf="pbkdf2", iterations=2)
        (tmp_path / account.address).write_text(json.dumps(sealed))
        return (
            *("--keystore", tmp_path / account.address),
            *("--password-file", tmp_path / "password"),
        )

    return write


def owner():
    return facts.owner(Network.objects.get().vault_address)


def test_another_key_pays_and_then_nobody(told):
    told("set_payer", NEXT.address)
    assert vault.payer() == NEXT.address

    told("set_payer", "nobody")
    assert vault.payer() == "0x" + "0" * 40
    with pytest.raises(CommandError, match="vault: paid before"):
        told("set_payer", NEXT.address)


def test_a_day_has_another_cap(told):
    said = told("set_daily_cap", "12.50")

    assert said.startswith("set_daily_cap 12.50: 0x")
    assert vault.daily_cap() == 12_500_000


def test_the_vault_is_handed_over_in_two_steps_with_keystore_files(told, keyfile):
    first, candidate = keyfile(signer.dev_account(0)), keyfile(CANDIDATE)
    told("offer_ownership", CANDIDATE.address, *first)
    assert owner() == signer.dev_account(0).address
    with pytest.raises(CommandError, match="vault: not the candidate"):
        told("accept_ownership", *first)

    told("accept_ownership", *candidate)

    assert owner() == CANDIDATE.address
    with pytest.raises(CommandError, match="vault: not the owner"):
        told("set_daily_cap", "1", *first)
    told("set_daily_cap", "1", *candidate)
    assert vault.daily_cap() == 1_000_000


def test_an_offer_is_taken_back(told, keyfile):
    told("offer_ownership", CANDIDATE.address)

    told("offer_ownership", "nobody")

    with pytest.raises(CommandError, match="vault: not the candidate"):
        told("accept_ownership", *keyfile(CANDIDATE))


def test_a_multisig_is_given_the_calldata_and_nothing_is_sent(told):
    head = client.head()

    to, data = told("set_daily_cap", "12.50", "--calldata").splitlines()

    assert client.head() == head
    address, sender = Network.objects.get().vault_address, signer.dev_account(0).address
    assert to == f"to    {address}"
    sent = {"from": sender, "to": address, "data": data.removeprefix("data  ")}
    client.web3().eth.wait_for_transaction_receipt(client.web3().eth.send_transaction(sent))
    assert vault.daily_cap() == 12_500_000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["set_payer"], "set_payer takes a value"),
        (["accept_ownership", "1"], "accept_ownership takes nothing"),
        (["set_payer", "0x12"], "An address starts with 0x"),
        (["set_payer", Wallet(7).address.lower()[:-1] + "F"], "mistyped"),
        (["set_daily_cap", "much"], "amount"),
        (
            ["set_daily_cap", "1", "--keystore", "/nowhere", "--password-file", "/nowhere"],
            "No such",
        ),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_changes_nothing(told, words, sentence):
    before = vault.payer(), vault.daily_cap(), client.head()

    with pytest.raises(CommandError, match=f"(?i){sentence}"):
        told(*words)

    assert (vault.payer(), vault.daily_cap(), client.head()) == before


def test_the_well_known_owner_is_the_local_chains_alone(told, monkeypatch):
    monkeypatch.setattr(client, "chain_id", lambda: 5)
    Network.objects.update(chain_id=5)

    with pytest.raises(CommandError, match="for the local chain alone"):
        told("set_daily_cap", "1")
