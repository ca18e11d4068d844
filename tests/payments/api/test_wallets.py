"""/api/v1/wallet/: named, confirmed sooner, taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from eth_account.messages import encode_defunct
from rest_framework.test import APIClient

from payments.chain import signer
from payments.models import BlockedAddress, Wallet
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
OLD, NEW = (signer.dev_account(number).address for number in (5, 6))
told = []


def tell(holder, kind, facts, *, key, private):
    told.append({**facts, "token": private.get("path", "//").split("/")[-2]})


@pytest.fixture(autouse=True)
def held(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 48 * 3600
    settings.STIPEND_NOTICE = "tests.payments.api.test_wallets.tell"
    settings.CHAIN_EXPLORER_ADDRESS_URL = "https://explorer.example/address/{address}"
    told.clear()


@pytest.fixture
def ana():
    client = APIClient()
    long_ago = timezone.now() - timedelta(days=3)
    client.user = User.objects.create_user("ana", email="a@example.org", mail_proved_at=long_ago)
    client.force_authenticate(client.user)
    return client


def name(client, address):
    return client.put("/api/v1/wallet/", {"address": address})


def test_who_has_named_none(ana):
    answer = ana.get("/api/v1/wallet/")

    assert answer.json() == {
        "used": None,
        "coming": None,
        "message": None,
        "by_mail": False,
        "hold_seconds": 172_800,
    }


def test_the_first_counts_and_the_next_is_to_come(ana):
    first = name(ana, OLD.lower()).json()
    second = name(ana, NEW).json()

    assert (first["used"]["address"], first["coming"]) == (OLD, None)
    assert first["used"]["explorer_url"] == f"https://explorer.example/address/{OLD}"
    assert (second["used"]["address"], second["coming"]["address"]) == (OLD, NEW)
    assert second["coming"]["usable_from"] > second["coming"]["named_at"]
    assert NEW in second["message"]


def test_the_old_wallets_signature_makes_it_count(ana):
    name(ana, OLD)
    message = name(ana, NEW).json()["message"]
    signed = signer.dev_account(5).sign_message(encode_defunct(text=message))

    signature = signed.signature.to_0x_hex()
    answer = ana.post("/api/v1/wallet/confirm/", {"signature": signature})

    assert (answer.json()["used"]["address"], answer.json()["coming"]) == (NEW, None)


def test_so_does_the_token_of_the_mail(ana):
    name(ana, OLD)
    name(ana, NEW)

    answer = ana.post("/api/v1/wallet/confirm/", {"token": told[0]["token"]})

    assert answer.json()["used"]["address"] == NEW


def test_but_not_of_a_mail_address_that_came_after_the_wallet(ana):
    name(ana, OLD)
    assert name(ana, NEW).json()["by_mail"] is True
    User.objects.update(mail_proved_at=timezone.now())

    answer = ana.post("/api/v1/wallet/confirm/", {"token": told[0]["token"]})

    assert (answer.status_code, answer.json()["code"]) == (400, "not_confirmed")
    still = ana.get("/api/v1/wallet/").json()
    assert (still["used"]["address"], still["by_mail"]) == (OLD, False)


def test_the_old_one_is_kept(ana):
    name(ana, OLD)
    name(ana, NEW)

    answer = ana.delete("/api/v1/wallet/coming/")

    assert (answer.json()["used"]["address"], answer.json()["coming"]) == (OLD, None)
    assert ana.delete("/api/v1/wallet/coming/").status_code == 200


def test_what_is_wrong_has_a_code_and_changes_nothing(ana):
    name(ana, OLD)
    BlockedAddress.objects.create(address=NEW, source="a list")

    refused = [
        name(ana, "0x12"),
        name(ana, ""),
        name(ana, NEW),
        ana.post("/api/v1/wallet/confirm/", {"signature": "0x12"}),
        ana.post("/api/v1/wallet/confirm/", {"token": "nothing"}),
        ana.post("/api/v1/wallet/confirm/", {}),
    ]

    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (400, "malformed_address"),
        (400, "validation_failed"),
        (403, "blocked_wallet"),
        (400, "not_confirmed"),
        (400, "not_confirmed"),
        (400, "not_confirmed"),
    ]
    assert Wallet.objects.get().address == OLD


def test_a_payout_to_a_wallet_to_come_says_when_it_counts(ana):
    house.earn(f"person:{ana.user.pk}", 500_000)
    name(ana, OLD)

    answer = ana.post("/api/v1/payouts/", {"amount": "0.10", "address": NEW})

    assert (answer.status_code, answer.json()["code"]) == (409, "wallet_on_hold")
    assert answer.json()["data"]["until"] == Wallet.objects.get(address=NEW).usable_from.isoformat()


def test_a_large_payout_says_whom_it_waits_for(ana, settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    house.earn(f"person:{ana.user.pk}", 500_000)

    large = ana.post("/api/v1/payouts/", {"amount": "0.20", "address": OLD}).json()
    small = ana.post("/api/v1/payouts/", {"amount": "0.10", "address": OLD}).json()

    assert (large["waits_for_admins"], small["waits_for_admins"]) == (True, False)
    assert large["address_url"] == f"https://explorer.example/address/{OLD}"


def test_nobody_sees_anothers(ana):
    name(ana, OLD)
    other = APIClient()
    other.force_authenticate(User.objects.create_user("ben"))

    assert other.get("/api/v1/wallet/").json()["used"] is None
    assert APIClient().get("/api/v1/wallet/").status_code == 401
