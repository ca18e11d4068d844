"""`./stipend exit FILE`: who kept their proof takes their money out, and needs no house for it."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from eth_account import Account

from payments import networks
from payments.chain import signer
from payments.chain.wallet import Wallet
from tests.payments.chain.test_verifying import payday, proofs
from tests.payments.test_solvency import silence

__all__ = ["payday", "proofs"]
pytestmark = pytest.mark.django_db
HELPER = signer.dev_account(8)


@pytest.fixture
def leave(tmp_path):
    """The command's words, with the key of somebody who is owed nothing; no database is asked."""
    (tmp_path / "password").write_text("a quiet river\n")
    sealed = Account.encrypt(HELPER.key, "a quiet river", kdf="pbkdf2", iterations=2)
    (tmp_path / "key.json").write_text(json.dumps(sealed))
    key = ["--keystore", tmp_path / "key.json", "--password-file", tmp_path / "password"]

    def run(content, *options):
        file, said = tmp_path / "balance.json", StringIO()
        file.write_text(json.dumps(content))
        with connection.execute_wrapper(_refuse):
            try:
                words = [file, *key, *options]
                call_command("exit", *map(str, words), stdout=said, stderr=said)
            except CommandError as error:
                return f"{said.getvalue()}{error}"
        return said.getvalue()

    return run


def _refuse(*args):
    raise AssertionError("The database was asked.")


def test_what_a_proof_says_is_paid_once(proofs, leave, chain, settings):
    before = Wallet.token_balance(Wallet(6).address), Wallet.token_balance(HELPER.address)
    silence(chain)

    said = leave(proofs, "--rpc", settings.CHAIN_RPC_URL)

    assert said.startswith(f"0.20 to {Wallet(6).address}: 0x")
    after = Wallet.token_balance(Wallet(6).address), Wallet.token_balance(HELPER.address)
    assert after == (before[0] + 200_000, before[1])
    assert "was taken out before\n1 of 1 were not paid." in leave(proofs)


def test_the_hash_leads_to_the_explorer_of_the_proofs_own_chain(proofs, leave, chain, monkeypatch):
    explored = replace(networks.named("local"), explorer="https://explorer.example")
    monkeypatch.setitem(networks.PRESETS, "local", explored)
    silence(chain)

    first, second = leave(proofs).splitlines()

    assert second == f"https://explorer.example/tx/{first.split(': ')[1]}"


def test_while_the_house_pays_the_vault_says_so(proofs, leave):
    assert "vault: the house is not silent" in leave(proofs)


def test_one_that_is_bad_keeps_no_other_one(proofs, leave, chain):
    silence(chain)

    said = leave([{**proofs[0], "units": 1}, *proofs])

    assert "1 of 2 were not paid" in said
    assert f"0.20 to {Wallet(6).address}: 0x" in said


def test_some_wallet_pays_the_gas(tmp_path):
    with pytest.raises(CommandError, match="--keystore is needed"):
        call_command("exit", str(tmp_path / "balance.json"))
