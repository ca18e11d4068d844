"""`./stipend proof`: the leaves that a stranger kept are enough to take one's money out."""

import json
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from rest_framework.test import APIClient

from payments import solvency
from payments.chain.wallet import Wallet
from tests.payments import house
from tests.payments.chain.test_verifying import payday, proofs
from tests.payments.test_solvency import exit_with, silence

__all__ = ["payday", "proofs"]
pytestmark = pytest.mark.django_db
OWED, TRIED_SECONDS = Wallet(6).address, 20


@pytest.fixture
def leaves(proofs):
    """As a stranger was told them, who looks after each batch."""
    return APIClient().get("/api/v1/solvency/leaves/").json()


@pytest.fixture
def prove(tmp_path):
    """The command's proof, or why there is none; no database is asked."""

    def run(content, *words):
        file, said = tmp_path / "leaves.json", StringIO()
        file.write_text(json.dumps(content))
        with connection.execute_wrapper(_refuse):
            try:
                call_command("proof", str(file), *words, stdout=said)
            except CommandError as error:
                return str(error)
        return json.loads(said.getvalue())

    return run


def _refuse(*args):
    raise AssertionError("The database was asked.")


def test_it_is_the_proof_that_the_house_would_give(leaves, prove, proofs):
    (mine,) = proofs

    made = prove(leaves, OWED, "0.20")

    assert made == {name: value for name, value in mine.items() if not name.endswith("_url")}
    assert prove(leaves, OWED.lower(), "0.2") == made


def test_the_vault_pays_by_what_a_mirror_kept_when_the_kept_proof_is_old(
    proofs, prove, chain, payday
):
    """A file from before the last batch is worth nothing; the leaves of a stranger are."""
    (old,) = proofs
    house.ask("person:1", 50_000, wallet=5)
    payday()
    leaves = APIClient().get("/api/v1/solvency/leaves/").json()
    before = Wallet.token_balance(OWED)
    silence(chain)

    assert not exit_with(old)
    assert exit_with(prove(leaves, OWED, "0.20"))

    assert Wallet.token_balance(OWED) == before + 200_000


def test_who_does_not_know_the_amount_tries_all_up_to_one(leaves, prove):
    began = time.monotonic()

    made = prove(leaves, OWED, "0.25", "--any-up-to")

    assert made["units"] == 200_000
    assert time.monotonic() - began < TRIED_SECONDS
    assert "No leaf" in prove(leaves, OWED, "0.19", "--any-up-to")


def test_leaves_tell_neither_wallets_nor_amounts(leaves):
    text = json.dumps(leaves).lower()

    assert len(leaves["leaves"]) == len(solvency.latest().balances) > 1
    for address, units in solvency.latest().balances:
        assert address.lower().removeprefix("0x") not in text
        assert str(units) not in text
    assert leaves["leaves"] == sorted(leaves["leaves"])


@pytest.mark.parametrize(
    ("change", "words", "why"),
    [
        ({"format": "stipend-balance-1"}, [OWED, "0.20"], "These are no leaves"),
        ({"leaves": ["0xzz"]}, [OWED, "0.20"], "not whole"),
        ({"leaves": "0x"}, [OWED, "0.20"], "not whole"),
        ({"leaves": []}, [OWED, "0.20"], "do not make the root"),
        ({"leaves": ["0x" + "ab" * 32]}, [OWED, "0.20"], "do not make the root"),
        ({"vault": None}, [OWED, "0.21"], "No leaf is of this wallet"),
        ({}, ["0x12", "0.20"], "is no wallet"),
        ({}, [Wallet(7).address, "0.20"], "No leaf is of this wallet"),
        ({}, [OWED, "many"], "amount"),
    ],
)
def test_what_is_no_leaf_makes_no_proof(leaves, prove, change, words, why):
    assert why in prove({**leaves, **change}, *words)


def test_before_the_first_batch_there_are_no_leaves(db):
    answer = APIClient().get("/api/v1/solvency/leaves/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
