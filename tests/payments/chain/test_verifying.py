"""`./stipend verify balance FILE`: a proof against the chain, without our database."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from payments import jobs, networks, solvency, wallets
from payments.chain import verifying
from payments.chain.wallet import Wallet
from tests.payments import house

pytestmark = pytest.mark.django_db
ONE, TWO = "person:1", "person:2"
EXIT_DELAY = 30 * 86_400


@pytest.fixture
def payday(chain, mine):
    def run():
        for _ in range(4):
            jobs.scan_deposits()
            jobs.pump_payouts()
            mine(3)
        jobs.scan_deposits()
        jobs.pump_payouts()

    return run


@pytest.fixture
def proofs(payday):
    """TWO is owed 0.20 after a batch that paid ONE."""
    purse_id = house.deposited(1_000_000)
    payday()
    house.earn(ONE, 300_000, purse_id=purse_id)
    house.earn(TWO, 200_000, purse_id=purse_id)
    wallets.name(TWO, Wallet(6).address)
    house.ask(ONE, 100_000, wallet=5)
    payday()
    return solvency.proofs(TWO)


@pytest.fixture
def verify(tmp_path, settings):
    """The command's words about this content of a file; no database is asked."""

    def run(content, *options):
        file = tmp_path / "balance.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        said = StringIO()
        with connection.execute_wrapper(_refuse):
            try:
                call_command("verify", "balance", str(file), *options, stdout=said)
            except CommandError as error:
                return f"{said.getvalue()}{error}"
        return said.getvalue()

    return run


def _refuse(*args):
    raise AssertionError("The database was asked.")


def test_a_balance_is_proved(proofs, verify, settings):
    said = verify(proofs)

    lines = said.splitlines()
    assert [line[:4] for line in lines[:-1]] == ["ok  "] * 6
    assert "holds 0.90 of" in said
    assert f"0.20 to {Wallet(6).address}, was not taken out yet" in said
    assert "if no batch is paid until then" in said
    assert lines[-1] == "The balance is proved."
    assert verify(proofs[0], "--rpc", settings.CHAIN_RPC_URL) == said


def test_what_it_names_is_told_with_its_page_in_the_explorer_of_its_chain(
    proofs, verify, monkeypatch
):
    (proof,) = proofs
    explored = replace(networks.named("local"), explorer="https://explorer.example")
    monkeypatch.setitem(networks.PRESETS, "local", explored)

    said = verify(proofs)

    pages = [line.removeprefix("see ") for line in said.splitlines() if line.startswith("see ")]
    assert pages == [
        *(f"https://explorer.example/address/{proof[name]}" for name in ("vault", "token")),
        f"https://explorer.example/address/{proof['account']}",
    ]
    odd = verify({**proof, "tx_hash": "\x1b[2J", "batch": None})
    assert "\x1b" not in odd
    bad = verify([{**proof, "units": 200_001}])
    assert "BAD" in bad
    assert "see " not in bad
    assert verify([proof, {**proof, "units": 200_001, "vault": "0x" + "7" * 40}]).count("see ") == 3


def test_when_the_house_is_silent_the_exit_is_open(proofs, verify, chain):
    chain.call("evm_increaseTime", EXIT_DELAY + 1)
    chain.mine()

    assert "open since" in verify(proofs)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": 200_001}, "BAD  proof"),
        ({"account": "0x" + "1" * 40}, "BAD  proof"),
        ({"proof": ["0x" + "1" * 64]}, "BAD  proof"),
        ({"chain_id": 5}, "the endpoint is on 31337, the proof is for 5"),
        ({"vault": "0x" + "7" * 40}, "BAD  vault"),
        ({"token": "0x" + "7" * 40}, "BAD  vault"),
    ],
)
def test_a_proof_that_was_tampered_with_is_bad(proofs, verify, change, words):
    said = verify({**proofs[0], **change})

    assert words in said
    assert "of the checks failed" in said


def test_an_old_proof_says_so(proofs, verify, payday):
    house.ask(ONE, 50_000, wallet=5)
    payday()

    said = verify(proofs)

    assert "a newer batch was paid, fetch a new proof" in said
    assert verify(solvency.proofs(TWO)).endswith("The balance is proved.\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is neither JSON nor JSON lines"),
        ([], "There is no proof in this file."),
        ({}, "its format is not stipend-balance-1"),
        ([1], "its format is not stipend-balance-1"),
        ({"format": "stipend-balance-1"}, "chain_id is missing"),
    ],
)
def test_what_is_no_proof_is_one_sentence(verify, content, words):
    assert words in verify(content)


@pytest.mark.parametrize(
    "change", [{"units": -1}, {"units": 2**300}, {"account": "0x12"}, {"proof": ["zz"]}]
)
def test_a_proof_that_is_not_whole_is_one_sentence(proofs, verify, change):
    assert "The proof is not whole" in verify({**proofs[0], **change})


def test_a_node_that_is_away_is_one_sentence(proofs, verify):
    assert verify(proofs, "--rpc", "http://127.0.0.1:9").startswith("The node cannot be reached.")


def test_a_file_that_is_not_there():
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify", "balance", "/nowhere/balance.json")


def test_a_time_that_makes_no_sense_is_said(proofs, verify, monkeypatch):
    honest = verifying.AskedVault.ask

    def ask(self, function, *arguments):
        return 2**200 if function == "last_paid_at" else honest(self, function, *arguments)

    monkeypatch.setattr(verifying.AskedVault, "ask", ask)

    assert "BAD" in verify(proofs[0])
