"""A project's money in the API: deposits, statement, months, bonuses."""

import csv

import pytest
from rest_framework.test import APIClient

from labeling.data import gold_loads
from labeling.handout import submissions
from labeling.judging import acceptance
from payments import jobs, purses
from payments.chain.wallet import Wallet
from tests.labeling import house

pytestmark = pytest.mark.django_db


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def made():
    """An open project with one task, 0.50 to spare, and one accepted answer."""
    project, who = house.opened(), house.labeler()
    house.fund(project, amount_units=500_000)
    lease = house.take(project, who)
    receipt = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    acceptance.accept(receipt.id)
    return project


@pytest.fixture
def owner(made):
    return signed_in(made.owner)


def test_a_deposit_is_followed_until_it_is_credited(chain, mine, settings):
    settings.CHAIN_EXPLORER_TX_URL = "https://explorer.example/tx/{hash}"
    project = house.project()
    client, wallet = signed_in(project.owner), Wallet(2)
    wallet.mint(2_000_000)
    path = f"/api/v1/projects/{project.pk}/deposits/"
    assert client.get(path).json()["results"] == []

    tx_hash = wallet.deposit(purses.onchain(project.purse_id), 2_000_000)
    told = []
    for _ in range(3):
        jobs.scan_deposits()
        (one,) = client.get(path).json()["results"]
        told.append((one["state"], one["confirmations"], one["needed"]))
        mine()

    assert told == [("SEEN", 0, 2), ("SEEN", 1, 2), ("CREDITED", 2, 2)]
    assert (one["amount"], one["sender"]) == ("2.00", wallet.address)
    assert one["explorer_url"] == f"https://explorer.example/tx/{tx_hash}"
    instructions = client.get(path).json()["instructions"]
    assert instructions["purse"] == purses.onchain(project.purse_id)


def test_each_change_has_its_cause(made, owner):
    path = f"/api/v1/projects/{made.pk}/statement/"

    funds, held = (owner.get(f"{path}?account={one}").json() for one in ("funds", "held"))

    assert [(one["kind"], one["amount"], one["cause"]) for one in funds["results"]] == [
        ("deposit", "0.50", "deposit"),
        ("hold", "-0.0525", "opened 1 tasks"),
        ("deposit", "0.0525", "deposit"),
    ]
    assert [(one["kind"], one["amount"]) for one in held["results"]] == [
        ("release", "-0.0525"),
        ("hold", "0.0525"),
    ]
    assert "Moods, answer" in held["results"][0]["cause"]
    assert owner.get(f"{path}?account=world").json()["code"] == "validation_failed"
    assert owner.get(f"{path}?page=9").status_code == 404


def test_answers_to_gold_are_held_for_in_a_line_of_their_own():
    made = house.project(gold_percent=50)
    rows = [{"data": {"text": f"gold {number}"}, "expected": house.answer()} for number in range(4)]
    gold_loads.load(made, rows=rows)
    house.load(made, tasks=3)
    house.fund(made, amount_units=7 * house.COST_UNITS)
    client = signed_in(made.owner)
    opened = client.post(f"/api/v1/projects/{made.pk}/open/").json()

    lines = client.get(f"/api/v1/projects/{made.pk}/statement/").json()["results"]

    assert opened["held"] == "0.3675"
    assert [(one["amount"], one["cause"]) for one in lines if one["kind"] == "hold"] == [
        ("-0.21", "4 answers to gold"),
        ("-0.1575", "opened 3 tasks"),
    ]


def test_the_whole_of_it_is_a_file(made, owner):
    answer = owner.get(f"/api/v1/projects/{made.pk}/statement/csv/")

    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert [(one["account"], one["kind"], one["amount"]) for one in rows] == [
        ("FUNDS", "deposit", "0.0525"),
        ("FUNDS", "hold", "-0.0525"),
        ("HELD", "hold", "0.0525"),
        ("FUNDS", "deposit", "0.50"),
        ("HELD", "release", "-0.0525"),
    ]
    assert f"project-{made.pk}-statement.csv" in answer.headers["Content-Disposition"]


def test_a_month_says_what_was_spent(made, owner):
    (month,) = owner.get(f"/api/v1/projects/{made.pk}/statement/months/").json()

    assert {name: one for name, one in month.items() if name != "month"} == {
        "deposited": "0.5525",
        "spent": "0.05",
        "fees": "0.0025",
        "bonuses": "0.00",
        "withdrawn": "0.00",
    }


def test_a_bonus_is_given_once_for_its_key(made, owner):
    answer = made.submissions.get()
    path = f"/api/v1/submissions/{answer.pk}/bonus/"
    key = {"Idempotency-Key": "may"}

    first, second = (
        owner.post(path, {"amount": "0.20", "note": "Thanks."}, headers=key) for _ in range(2)
    )

    assert (first.status_code, second.json()) == (201, first.json())
    assert first.json() == {
        "key": f"bonus:{answer.pk}:may",
        "submission": answer.pk,
        "labeler": answer.labeler.pseudonym,
        "amount": "0.20",
        "note": "Thanks.",
    }
    labeler = signed_in(answer.labeler).get("/api/v1/statement/").json()
    assert labeler["balances"]["earned"] == "0.25"
    assert labeler["results"][0]["cause"] == f"Moods, answer {answer.pk}: Thanks."
    refused = [
        owner.post(path, {"amount": "0.21"}, headers=key),
        owner.post(path, {"amount": "7"}),
        owner.post(path, {"amount": "0"}),
        owner.post(path, {"amount": "much"}),
        owner.post(path, {}),
        owner.post(path, {"amount": "0.01"}, headers={"Idempotency-Key": "x" * 101}),
        owner.post(path, {"amount": "0.01"}, headers={"Idempotency-Key": ""}),
    ]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (409, "key_reused"),
        (409, "insufficient_funds"),
        (400, "invalid_amount"),
        (400, "invalid_amount"),
        (400, "validation_failed"),
        (400, "validation_failed"),
        (400, "validation_failed"),
    ]


def test_nobody_else_looks_into_it(made):
    other, labeler = signed_in(house.requester()), signed_in(house.labeler())

    for path in ("deposits/", "statement/", "statement/months/", "statement/csv/"):
        address = f"/api/v1/projects/{made.pk}/{path}"
        assert other.get(address).status_code == 404
        assert labeler.get(address).status_code == 403
        assert APIClient().get(address).status_code == 401
    bonus = f"/api/v1/submissions/{made.submissions.get().pk}/bonus/"
    assert other.post(bonus, {"amount": "0.01"}).json()["code"] == "not_found"


def test_all_projects_of_a_requester_share_the_limit_of_a_day(made, owner, settings):
    settings.STIPEND_PAYOUT_DAY_UNITS = 600_000
    another = house.project(made.owner)
    house.fund(another, amount_units=500_000)
    wanted = {"amount": "0.40", "address": Wallet(2).address}

    first, second = (
        owner.post(f"/api/v1/projects/{one.pk}/withdrawals/", wanted) for one in (made, another)
    )

    assert first.status_code == 201
    assert (second.status_code, second.json()["code"]) == (409, "limit_reached")
    assert second.json()["data"] == {"limit": "0.60", "left": "0.20"}
