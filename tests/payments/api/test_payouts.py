"""POST and GET /api/v1/payouts/."""

import pytest
from rest_framework.test import APIClient

from payments.api.pages import NewestPayouts
from payments.models import Payout
from people.models import User
from tests.payments import house
from tests.payments.test_statements import end

pytestmark = pytest.mark.django_db
WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


@pytest.fixture
def person():
    return User.objects.create_user("ana")


@pytest.fixture
def api(person):
    client = APIClient()
    client.force_authenticate(person)
    house.earn(f"person:{person.pk}", 500_000)
    return client


def test_a_payout_is_asked_for_and_looked_up(api):
    made = api.post("/api/v1/payouts/", {"amount": "0.20", "address": WALLET.lower()})

    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        "amount": "0.20",
        "address": WALLET,
        "state": "REQUESTED",
        "state_text": "Waiting for the next batch",
        "waits_for_admins": False,
        "reason": "",
        "tx_hash": None,
        "explorer_url": None,
        "address_url": None,
        "requested_at": made.json()["requested_at"],
        "ended_at": None,
    }
    assert api.get(f"/api/v1/payouts/{made.json()['id']}/").json() == made.json()
    assert api.get("/api/v1/payouts/").json()["results"] == [made.json()]


def test_sent_twice_with_a_key_it_is_one(api):
    wanted = {"amount": "0.20", "address": WALLET}

    first, again = (
        api.post("/api/v1/payouts/", wanted, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    other = api.post(
        "/api/v1/payouts/", {**wanted, "amount": "0.21"}, headers={"Idempotency-Key": "k"}
    )

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Payout.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "address", "status", "code"),
    [
        ("-1", WALLET, 400, "invalid_amount"),
        ("0.1234567", WALLET, 400, "invalid_amount"),
        ("1e2", WALLET, 400, "invalid_amount"),
        ("0.009999", WALLET, 400, "below_minimum"),
        ("0.50", "0x123", 400, "malformed_address"),
        ("0.50", WALLET.replace("F7", "f7"), 400, "malformed_address"),
        ("0.50", "0x" + "0" * 40, 400, "malformed_address"),
        ("0.500001", WALLET, 409, "insufficient_funds"),
        ("", WALLET, 400, "validation_failed"),
        (None, WALLET, 400, "validation_failed"),
    ],
)
def test_bad_input_is_named_and_moves_nothing(api, person, amount, address, status, code):
    answer = api.post("/api/v1/payouts/", {"amount": amount, "address": address})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "data"}
    assert house.balance(f"person:{person.pk}", "EARNED") == 500_000
    assert not Payout.objects.exists()


@pytest.mark.parametrize("key", ["k" * 101, "", " ", "clé", "a\tb"])
def test_a_key_that_cannot_be_told_again_is_refused(api, person, key):
    wanted = {"amount": "0.20", "address": WALLET}

    answer = api.post("/api/v1/payouts/", wanted, headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert house.balance(f"person:{person.pk}", "EARNED") == 500_000


def test_too_little_says_how_much_there_is(api):
    answer = api.post("/api/v1/payouts/", {"amount": "2", "address": WALLET})

    assert answer.json()["data"] == {"needed": "2.00", "available": "0.50"}


def test_nobody_sees_the_payout_of_another(api):
    made = api.post("/api/v1/payouts/", {"amount": "0.20", "address": WALLET}).json()
    other = APIClient()
    other.force_authenticate(User.objects.create_user("bo"))

    answer = other.get(f"/api/v1/payouts/{made['id']}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert other.get("/api/v1/payouts/").json()["results"] == []


@pytest.mark.django_db(transaction=True)  # each at its own time
def test_a_long_list_has_pages_that_others_do_not_shift(person, api, monkeypatch):
    monkeypatch.setattr(NewestPayouts, "page_size", 2)
    asked = [str(house.ask(f"person:{person.pk}", 10_000).pk) for _ in range(5)]
    path, found = "/api/v1/payouts/", []

    while path:
        page = api.get(path).json()
        found += [one["id"] for one in page["results"]]
        house.ask(f"person:{person.pk}", 10_000)
        path = page["next"]

    assert found == asked[::-1]
    assert page["count"] == 5
    before = api.get(page["previous"]).json()
    assert [one["id"] for one in before["results"]] == asked[2:0:-1]


@pytest.mark.parametrize("until", ["", "1", "x", "9" * 40])
def test_a_page_that_nothing_was_the_first_of_is_refused(api, until):
    answer = api.get("/api/v1/payouts/", {"until": until})

    assert (answer.status_code, list(answer.json()["data"])) == (400, ["until"])


def test_without_a_token_there_is_nothing():
    assert APIClient().post("/api/v1/payouts/", {}).status_code == 401


def test_a_receipt_says_what_it_paid_for_and_where_the_chain_keeps_it(api, person):
    payout = house.ask(f"person:{person.pk}", 500_000)
    url = f"/api/v1/payouts/{payout.pk}/receipt/"
    before = api.get(url).json()
    end(payout, tx_hash="0xa")

    receipt = api.get(url).json()

    (work,) = receipt["works"]
    payout.refresh_from_db()
    assert (before["works"], before["works_count"], before["batch"]) == ([], 0, None)
    assert receipt["payout"] == api.get(f"/api/v1/payouts/{payout.pk}/").json()
    assert receipt["payout"]["state_text"] == "Arrived in your wallet"
    assert (receipt["batch"], receipt["works_count"]) == (payout.batch.number, 1)
    assert (work["amount"], work["cause"].split()[0]) == ("0.50", "job")
    assert set(receipt) == {
        *(
            "payout",
            "network",
            "chain_id",
            "token",
            "token_url",
            "batch",
            "block",
            "works_count",
            "works",
        ),
    }


def test_a_receipt_is_its_holders_alone(api):
    house.earn("person:999999", 500_000)
    payout = house.ask("person:999999", 500_000)

    answer = api.get(f"/api/v1/payouts/{payout.pk}/receipt/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
