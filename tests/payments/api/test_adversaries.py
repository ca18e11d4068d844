"""What a bad or broken client sends: amounts that are none, and keys of somebody else."""

import pytest
from rest_framework.test import APIClient

from labeling.handout import submissions
from labeling.judging import acceptance
from payments.chain.wallet import Wallet
from payments.models import Entry, Payout
from tests.labeling import house

pytestmark = pytest.mark.django_db
WALLET = Wallet(5).address
NO_AMOUNTS = [
    *(
        "-0.02",
        "-0",
        "0",
        "0.00",
        "+0.02",
        "0,02",
        "1e-2",
        "0x1",
        "1_0",
        "0.02.",
    ),
    *("NaN", "Infinity", "-Infinity", "null", "true", "٠.٠٢", "０.０２", "0.0000001", ".02"),
    *(
        "9" * 13,
        "9" * 32,
        "9" * 400,
        "0." + "0" * 30,
        1e22,
        -1,
        -0.02,
        True,
        None,
        [],
        {},
        ["0.02"],
    ),
]


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def doors():
    """Where money can be asked for: a path, who asks, and what else they say."""
    project, who = house.opened(), house.labeler()
    house.fund(project, amount_units=500_000)
    lease = house.take(project, who)
    receipt = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    acceptance.accept(receipt.id)
    at = f"/api/v1/projects/{project.pk}"
    return {
        "payout": ("/api/v1/payouts/", signed_in(who), {"address": WALLET}),
        "withdrawal": (f"{at}/withdrawals/", signed_in(project.owner), {"address": WALLET}),
        "bonus": (f"/api/v1/submissions/{receipt.id}/bonus/", signed_in(project.owner), {}),
    }


def ask(door, amount, **options):
    path, client, said = door
    return client.post(path, {**said, "amount": amount}, format="json", **options)


@pytest.mark.parametrize("name", ["payout", "withdrawal", "bonus"])
def test_what_is_no_amount_moves_nothing(doors, name):
    before = Entry.objects.count()

    answers = {str(amount): ask(doors[name], amount) for amount in NO_AMOUNTS}

    assert {key: one.status_code for key, one in answers.items() if one.status_code != 400} == {}
    assert Entry.objects.count() == before
    assert not Payout.objects.exists()


@pytest.mark.parametrize("name", ["payout", "withdrawal", "bonus"])
def test_a_key_is_one_movement_of_one_amount(doors, name):
    key = {"Idempotency-Key": "k"}
    before = Entry.objects.count()

    first, again, other = (ask(doors[name], one, headers=key) for one in ("0.02", "0.02", "0.03"))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Entry.objects.count() == before + 1


def test_a_key_of_one_person_is_no_key_of_another(doors):
    key = {"Idempotency-Key": "k"}

    mine, theirs = (ask(doors[name], "0.02", headers=key) for name in ("payout", "withdrawal"))
    stranger = ask(
        ("/api/v1/payouts/", signed_in(house.labeler()), {"address": WALLET}), "0.02", headers=key
    )

    assert mine.json()["id"] != theirs.json()["id"]
    assert (stranger.status_code, stranger.json()["code"]) == (409, "insufficient_funds")
    assert Payout.objects.count() == 2


def test_nobody_gives_a_bonus_or_withdraws_in_a_project_of_another(doors):
    stranger = signed_in(house.requester())
    for name in ("withdrawal", "bonus"):
        path, _, said = doors[name]
        assert ask((path, stranger, said), "0.02").status_code == 404
    assert not Payout.objects.exists()
