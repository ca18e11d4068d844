"""/api/v1/deposits/: what a wallet signs and sends to pay in."""

import json
import uuid

import pytest
from eth_account.messages import encode_typed_data
from rest_framework.test import APIClient

from payments import escrow, jobs
from payments.chain import client as node
from payments.chain import signer
from payments.chain.wallet import Wallet
from payments.models import Network
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
OWNER = 6


@pytest.fixture
def api():
    client = APIClient()
    client.force_authenticate(User.objects.create_user("rita", is_requester=True))
    return client


@pytest.fixture
def rich(chain):
    wallet = Wallet(OWNER)
    wallet.mint(5_000_000)
    return wallet


def send(wallet, call):
    """As a browser wallet would: mined and successful, or an error."""
    web3 = node.web3()
    tx_hash = web3.eth.send_transaction({"from": wallet.address, "gas": 500_000, **call})
    assert web3.eth.wait_for_transaction_receipt(tx_hash, poll_latency=0.01)["status"] == 1


def credited(purse_id, mine):
    mine(2)
    jobs.scan_deposits()
    return escrow.balances(purse_id).get("FUNDS", 0)


def test_two_calls_put_the_money_in(api, rich, mine):
    purse_id = house.project()

    answer = api.post("/api/v1/deposits/calls/", {"purse": str(purse_id), "amount": "1.25"})

    assert answer.json()["chain_id"] == 31337
    for call in answer.json()["calls"]:
        send(rich, call)
    assert credited(purse_id, mine) == 1_250_000


def permit(api, purse_id, **changes):
    wanted = {"purse": str(purse_id), "amount": "1.25", "owner": Wallet(OWNER).address, **changes}
    return api.post("/api/v1/deposits/permit/", wanted)


def test_a_permit_and_one_call_put_the_money_in_twice(api, rich, mine):
    purse_id = house.project()

    for expected in (1_250_000, 2_500_000):
        asked = permit(api, purse_id).json()
        used = int(node.web3().eth.call(asked["nonces"]).hex(), 16)
        asked = permit(api, purse_id, nonce=used).json()
        typed = json.loads(json.dumps(asked["typed_data"]))
        signed = rich.account.sign_message(encode_typed_data(full_message=typed))
        signature = signed.signature.to_0x_hex()
        deadline = typed["message"]["deadline"]
        answer = permit(api, purse_id, nonce=used, deadline=deadline, signature=signature)
        assert asked["call"] is None
        send(rich, answer.json()["call"])
        assert credited(purse_id, mine) == expected


A_CONTRACTS = (
    "0x" + "5a" * 1_000
)  # a wallet that is a contract signs at length (EIP-1271, ERC-6492)


def test_another_ones_signature_makes_no_call(api, rich):
    purse_id = house.project()
    typed = permit(api, purse_id, deadline=2**40).json()["typed_data"]
    other = signer.dev_account(7).sign_message(encode_typed_data(full_message=typed))

    refused = [
        permit(api, purse_id, deadline=2**40, signature=signature)
        for signature in (other.signature.to_0x_hex(), "0x12", "nothing", A_CONTRACTS)
    ]

    assert [(one.status_code, one.json()["code"]) for one in refused] == [(400, "not_signed")] * 4


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": "lots"}, 400, "invalid_amount"),
        ({"amount": "0"}, 400, "nothing_moves"),
        ({"owner": "0x12"}, 400, "malformed_address"),
        ({"purse": str(uuid.UUID(int=7))}, 404, "not_found"),
        ({"purse": "mine"}, 400, "validation_failed"),
        ({"nonce": -1}, 400, "validation_failed"),
    ],
)
def test_what_is_wrong_has_a_code(api, chain, changes, status, code):
    answer = permit(api, house.project(), **changes)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_before_there_is_a_vault(api):
    for path in ("calls", "permit"):
        wanted = {
            "purse": str(house.project()),
            "amount": "1",
            "owner": signer.dev_account(6).address,
        }
        answer = api.post(f"/api/v1/deposits/{path}/", wanted)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_vault")


def test_a_token_that_takes_no_permits(api, chain, settings):
    settings.CHAIN_TOKEN_NAME = ""

    answer = permit(api, house.project())

    assert (answer.status_code, answer.json()["code"]) == (409, "no_permits")


def test_a_stranger_is_told_nothing(chain):
    assert APIClient().post("/api/v1/deposits/calls/", {}).status_code == 401
    assert Network.objects.count() == 1
