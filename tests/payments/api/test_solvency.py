"""/api/v1/solvency/: for anyone, and one's own leaf."""

import pytest
from rest_framework.test import APIClient

from payments import jobs, solvency, wallets
from payments.chain import client as node
from payments.chain import vault
from payments.chain.wallet import Wallet
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return User.objects.create_user("ben")


@pytest.fixture
def paid(chain, mine, ben):
    """Ana was paid 0.10 of her 0.30, Ben is owed 0.20, and somebody without a wallet 0.05."""

    def run():
        for _ in range(4):
            jobs.scan_deposits()
            jobs.pump_payouts()
            mine(3)
        jobs.scan_deposits()
        jobs.pump_payouts()

    purse_id = house.deposited(1_000_000)
    run()
    shares = (("person:7001", 300_000), (f"person:{ben.pk}", 200_000), ("person:7002", 50_000))
    for holder, units in shares:
        house.earn(holder, units, purse_id=purse_id)
    wallets.name(f"person:{ben.pk}", Wallet(6).address)
    house.ask("person:7001", 100_000, wallet=5)
    run()


def test_anyone_sees_what_the_vault_holds(paid):
    jobs.reconcile()

    told = APIClient().get("/api/v1/solvency/").json()

    network = node.stored()
    assert (told["vault"], told["chain_id"]) == (network.vault_address, 31337)
    assert told["reported"] == told["looked_at"]["amount"] == "0.90"
    assert told["block"] >= told["looked_at"]["block"] > 0


def test_anyone_sees_the_roots(paid):
    page = APIClient().get("/api/v1/solvency/batches/").json()

    (batch,) = page["results"]
    network = node.stored()
    assert batch["balances_root"] == vault.balances_root(network.vault_address)
    assert (batch["owed"], batch["without_wallet"]) == ("0.40", "0.05")
    assert batch["tx_hash"].startswith("0x")
    one = APIClient().get(f"/api/v1/solvency/batches/{batch['batch']}/")
    assert one.json() == batch
    assert APIClient().get("/api/v1/solvency/batches/999/").json()["code"] == "not_found"
    assert APIClient().get("/api/v1/solvency/batches/?page=9").status_code == 404


def test_everyone_sees_their_own_leaf_alone(paid, ben):
    client = APIClient()
    client.force_authenticate(ben)

    (proof,) = client.get("/api/v1/solvency/proofs/").json()

    assert (proof["account"], proof["amount"]) == (Wallet(6).address, "0.20")
    assert proof == solvency.proofs(f"person:{ben.pk}")[0]
    other = APIClient()
    other.force_authenticate(User.objects.create_user("eve"))
    assert other.get("/api/v1/solvency/proofs/").json() == []
    assert APIClient().get("/api/v1/solvency/proofs/").status_code == 401


def test_before_there_is_a_vault():
    answer = APIClient().get("/api/v1/solvency/")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_vault")
    assert APIClient().get("/api/v1/solvency/batches/").json()["results"] == []


def test_before_anything_is_paid(chain):
    told = APIClient().get("/api/v1/solvency/").json()

    assert (told["reported"], told["looked_at"]) == ("0.00", None)


def test_the_pages_show_the_same(paid, ben, client):
    page = client.get("/vault/").content.decode()
    assert "0.90\xa0tUSD" in page
    assert "0.40\xa0tUSD owed afterwards" in page
    client.force_login(ben)
    assert "Download your proof" in client.get("/earnings/").content.decode()

    answer = client.get("/earnings/proof.json")

    assert answer.json() == solvency.proofs(f"person:{ben.pk}")
    assert 'filename="stipend-balance.json"' in answer.headers["Content-Disposition"]


def test_the_pages_before_anything(client, ben):
    page = client.get("/vault/").content.decode()
    assert "There is no vault on the chain yet." in page
    assert "Nothing was paid yet." in page
    assert client.get("/earnings/proof.json").status_code == 302
    client.force_login(ben)
    assert "once you have named a wallet" in client.get("/earnings/").content.decode()
