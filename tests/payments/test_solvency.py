"""What everybody is owed is in the vault's root, and whoever keeps a proof gets their money out."""

import pytest
from eth_utils import keccak
from web3 import Web3

from payments import escrow, exits, jobs, payouts, purses, solvency, trees, wallets
from payments.chain import client, signer, vault
from payments.chain.wallet import Wallet
from payments.contracts import artefacts
from payments.errors import NotFound
from payments.models import Batch, Entry, Network, Owed, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = "person:1", "person:2", "person:3"
EXIT_DELAY = 30 * 86_400


@pytest.fixture
def payday(chain, mine):
    """Runs the bank until nothing moves any more."""

    def run():
        for _ in range(4):
            jobs.scan_deposits()
            jobs.pump_payouts()
            mine(3)
        jobs.scan_deposits()
        jobs.pump_payouts()

    return run


@pytest.fixture
def earned(payday):
    """Three people have earned, two of them have named a wallet."""
    purse_id = house.deposited(1_000_000)
    payday()
    for person, units in ((ONE, 300_000), (TWO, 200_000), (THREE, 50_000)):
        house.earn(person, units, purse_id=purse_id)
    wallets.name(TWO, Wallet(6).address)
    return purse_id


def called(function, *arguments, sender=8):
    """A call to the vault by anybody; True if it went well."""
    network = Network.objects.get()
    web3 = client.web3()
    contract = web3.eth.contract(address=network.vault_address, abi=artefacts.load("Vault").abi)
    who = signer.dev_account(sender).address
    call = getattr(contract.functions, function)(*arguments)
    tx = call.transact({"from": who, "gas": 1_000_000})
    return web3.eth.wait_for_transaction_receipt(tx, poll_latency=0.01)["status"] == 1


def exit_with(proof):
    return called("exit", proof["account"], proof["units"], proof["proof"])


def silence(chain):
    chain.call("evm_increaseTime", EXIT_DELAY + 1)
    chain.mine()


def test_the_root_on_chain_is_that_of_what_the_book_owes(earned, payday):
    house.ask(ONE, 100_000, wallet=5)
    payday()

    (proof,) = solvency.proofs(TWO)
    assert [solvency.has_proof(one) for one in (ONE, TWO, THREE)] == [True, True, False]
    owed = solvency.latest()
    assert (owed.total_units, owed.homeless_units) == (400_000, 50_000)
    assert owed.balances == sorted([[Wallet(5).address, 200_000], [Wallet(6).address, 200_000]])
    assert (proof["units"], proof["amount"]) == (200_000, "0.20")
    leaf = trees.leaf(bytes.fromhex(proof["account"][2:]), proof["units"])
    path = [bytes.fromhex(one[2:]) for one in proof["proof"]]
    assert "0x" + trees.climbed(leaf, path).hex() == owed.balances_root
    network = Network.objects.get()
    assert vault.balances_root(network.vault_address) == owed.balances_root


def test_who_has_no_wallet_or_no_batch_has_no_proof(earned, payday):
    assert solvency.proofs(TWO) == []
    assert solvency.latest() is None
    with pytest.raises(NotFound):
        solvency.of_batch(1)

    house.ask(ONE, 100_000, wallet=5)
    payday()

    assert solvency.proofs(THREE) == solvency.proofs("person:99") == []


def test_a_batch_names_the_releases_it_pays_for(earned, payday):
    first = house.earn(THREE, 30_000, purse_id=earned)
    house.ask(THREE, 50_000, wallet=7)
    payday()
    house.ask(THREE, 30_000, wallet=7)
    payday()

    one, two = Owed.objects.order_by("batch__number")
    assert [units for _, units in one.labels] == [50_000]
    assert two.labels == [[first, 30_000]]
    path = [bytes.fromhex(node[2:]) for node in solvency.label_proof(two.batch.number, first)]
    leaf = trees.leaf(keccak(text=first), 30_000)
    assert "0x" + trees.climbed(leaf, path).hex() == two.labels_root
    with pytest.raises(NotFound):
        solvency.label_proof(one.batch.number, first)


def test_what_waits_for_the_next_batch_is_owed_by_this_one(earned, payday, settings):
    settings.STIPEND_BATCH_PAYEES = 1
    house.ask(ONE, 100_000, wallet=5)
    house.ask(TWO, 150_000, wallet=6)
    payday()

    one, two = Owed.objects.order_by("batch__number")
    assert dict(one.balances) == {Wallet(5).address: 200_000, Wallet(6).address: 200_000}
    assert dict(two.balances) == {Wallet(5).address: 200_000, Wallet(6).address: 50_000}


def test_old_leaves_are_forgotten_and_old_roots_are_not(earned, payday, monkeypatch):
    monkeypatch.setattr(solvency, "KEPT_BATCHES", 1)
    for _ in range(3):
        house.ask(ONE, 100_000, wallet=5)
        payday()

    one, two, three = Owed.objects.order_by("batch__number")
    assert one.balances is None
    assert one.balances_root.startswith("0x")
    assert two.balances
    assert three.balances


def test_the_leaves_of_the_root_in_the_vault_are_never_forgotten(
    earned, payday, monkeypatch, settings
):
    house.ask(ONE, 100_000, wallet=5)
    payday()
    (proof,) = solvency.proofs(TWO)
    monkeypatch.setattr(solvency, "KEPT_BATCHES", 1)
    settings.PAYER_KEYSTORE = "/nowhere/keystore.json"  # and nothing is signed any more

    for person, wallet in ((ONE, 5), (THREE, 7)):
        house.ask(person, 20_000, wallet=wallet)
        payday()

    assert Batch.objects.count() == 3
    assert solvency.proofs(TWO) == [proof]


def test_after_the_silence_money_is_taken_out_and_the_book_knows(earned, payday, chain, mine):
    house.ask(ONE, 100_000, wallet=5)
    payday()
    (proof,) = solvency.proofs(TWO)
    before = Wallet.token_balance(Wallet(6).address)

    silence(chain)
    assert exit_with(proof)
    assert not exit_with(proof)
    payday()

    assert Wallet.token_balance(Wallet(6).address) - before == 200_000
    assert house.balance(TWO, "EARNED") == 0
    assert house.balance(TWO, "WORLD") == 200_000
    assert Entry.objects.filter(kind="exit").count() == 1
    assert jobs.prove().ok


def test_a_payout_that_waits_comes_back_before_the_exit_is_booked(earned, payday, chain):
    house.ask(ONE, 100_000, wallet=5)
    payday()
    (proof,) = solvency.proofs(TWO)
    silence(chain)
    asked = payouts.request(TWO, amount_units=150_000, address=Wallet(6).address)

    assert exit_with(proof)
    chain.mine(3)
    jobs.scan_deposits()

    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("RETURNED", exits.GONE)
    assert house.balance(TWO, "EARNED") == house.balance(TWO, "LEAVING") == 0


def test_nothing_signed_before_an_exit_pays_the_same_money_again(earned, payday, chain, mine):
    house.ask(ONE, 100_000, wallet=5)
    payday()
    (proof,) = solvency.proofs(TWO)
    silence(chain)
    chain.call("evm_setAutomine", False)
    asked = payouts.request(TWO, amount_units=150_000, address=Wallet(6).address)
    jobs.pump_payouts()  # signed, and waits at the node
    chain.call("anvil_dropAllTransactions")
    chain.call("evm_setAutomine", True)

    assert exit_with(proof)
    payday()
    payday()

    asked.refresh_from_db()
    assert asked.state == "RETURNED"
    assert Wallet.token_balance(Wallet(6).address) == 200_000
    assert house.balance(TWO, "WORLD") == 200_000
    assert jobs.prove().ok


def test_no_batch_is_made_while_an_exit_is_not_in_the_book(earned, payday, chain):
    house.ask(ONE, 100_000, wallet=5)
    payday()
    (proof,) = solvency.proofs(TWO)
    silence(chain)
    assert exit_with(proof)
    jobs.scan_deposits()
    house.ask(ONE, 50_000, wallet=5)

    assert exits.are_pending()
    jobs.pump_payouts()

    assert Batch.objects.count() == 1
    assert Payout.objects.filter(state="REQUESTED").count() == 1


def test_a_requesters_funds_are_owed_once_a_wallet_is_named(earned, payday):
    wallets.name(purses.holder(earned), Wallet(9).address)
    house.ask(ONE, 100_000, wallet=5)
    payday()

    owed = dict(solvency.latest().balances)
    assert owed[Wallet(9).address] == escrow.balances(earned)["FUNDS"]
    assert Web3.is_checksum_address(Wallet(9).address)
