"""`./stipend proof`: the leaves that a stranger kept are enough to take one's money out."""

import json
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from rest_framework.test import APIClient

from payments import jobs, solvency
from payments.chain import vault
from payments.chain.wallet import Wallet
from payments.models import Network
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


@pytest.fixture
def mined(proofs, chain):
    """ONE was paid once more, in a block that is not deep enough yet: TWO is owed 0.20 as before,
    ONE 0.15 less."""
    house.ask("person:1", 50_000, wallet=5)
    jobs.pump_payouts()
    chain.mine()
    jobs.pump_payouts()
    return APIClient().get("/api/v1/solvency/leaves/").json()


def test_a_house_that_dies_before_its_batch_is_final_has_told_its_leaves(mined, prove, chain):
    """The vault has the root of the batch that is mined, and no other opens anything."""
    before = Wallet.token_balance(OWED)
    (coming,) = mined["coming"]
    silence(chain)

    final, newer = prove(mined, OWED, "0.20")

    in_vault = vault.balances_root(Network.objects.get().vault_address)
    assert mined["balances_root"] != coming["balances_root"] == in_vault
    assert [one["batch"] for one in (final, newer)] == [mined["batch"], coming["batch"]]
    assert prove(coming, OWED, "0.20") == newer
    assert not exit_with(final)
    assert exit_with(newer)
    assert Wallet.token_balance(OWED) == before + 200_000


def test_an_amount_of_one_tree_alone_is_one_proof(mined, prove):
    one = Wallet(5).address

    assert prove(mined, one, "0.20")["batch"] == mined["batch"]
    assert prove(mined, one, "0.15")["batch"] == mined["coming"][0]["batch"]
    assert [two["amount"] for two in prove(mined, one, "0.20", "--any-up-to")] == ["0.20", "0.15"]


def test_who_keeps_the_leaves_is_told_them_once(proofs, payday, django_assert_num_queries):
    first = APIClient().get("/api/v1/solvency/leaves/")
    kept = {"headers": {"If-None-Match": first["ETag"]}}

    with django_assert_num_queries(1):
        same = APIClient().get("/api/v1/solvency/leaves/", **kept)
    with django_assert_num_queries(1):
        again = APIClient().get("/api/v1/solvency/leaves/")

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert (again.status_code, again.content) == (200, first.content)
    house.ask("person:1", 50_000, wallet=5)
    payday()
    newer = APIClient().get("/api/v1/solvency/leaves/", **kept)
    assert newer.status_code == 200
    assert newer.json()["balances_root"] != first.json()["balances_root"]


def test_who_does_not_know_the_amount_tries_all_up_to_one(leaves, prove):
    began = time.monotonic()

    made = prove(leaves, OWED, "0.25", "--any-up-to")

    assert made["units"] == 200_000
    assert time.monotonic() - began < TRIED_SECONDS
    assert "No leaf" in prove(leaves, OWED, "0.19", "--any-up-to")


def test_leaves_are_hashes_in_order_and_nothing_else(leaves):
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
        ({"coming": {}}, [OWED, "0.20"], "not whole"),
        ({"coming": [{}]}, [OWED, "0.20"], "These are no leaves"),
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
