"""GET /api/v1/statement/."""

import pytest
from rest_framework.test import APIClient

from payments.models import Entry
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create_user("ana")


@pytest.fixture
def api(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_a_newcomer_has_an_empty_statement(api):
    assert api.get("/api/v1/statement/").json() == {
        "balances": dict.fromkeys(("earned", "staked", "leaving", "paid", "funds"), "0.00"),
        "count": 0,
        "next": None,
        "results": [],
    }


def test_each_line_names_its_cause(api, person):
    key = house.earn(f"person:{person.pk}", 500_000)
    payout = house.ask(f"person:{person.pk}", 200_000)

    found = api.get("/api/v1/statement/").json()

    assert found["balances"] == {
        "earned": "0.30",
        "staked": "0.00",
        "leaving": "0.20",
        "paid": "0.00",
        "funds": "0.00",
    }
    assert [(one["kind"], one["amount"], one["tx_hash"]) for one in found["results"]] == [
        ("payout", "-0.20", None),
        ("release", "0.50", None),
    ]
    assert found["results"][0]["cause"] == f"payout to {payout.address}"
    assert found["results"][1]["cause"] == Entry.objects.get(key=key).cause


def test_a_long_statement_has_pages(api, person):
    for _ in range(51):
        house.earn(f"person:{person.pk}", 1_000)

    first = api.get("/api/v1/statement/").json()
    house.earn(f"person:{person.pk}", 2_000)
    second = api.get(first["next"]).json()

    assert (first["count"], len(first["results"]), len(second["results"])) == (51, 50, 1)
    assert first["next"].endswith(f"?page=2&until={first['results'][0]['id']}")
    assert {row["amount"] for row in first["results"] + second["results"]} == {"0.001"}
    assert len({row["id"] for row in first["results"] + second["results"]}) == 51
    assert second["next"] is None
    assert api.get("/api/v1/statement/", {"page": 3}).json()["code"] == "not_found"
    for until in ("", "0", "x", "9" * 30):
        assert list(api.get("/api/v1/statement/", {"until": until}).json()["data"]) == ["until"]


def test_nobody_sees_the_earnings_of_another(api):
    house.earn("person:999", 500_000)

    assert api.get("/api/v1/statement/").json()["count"] == 0


def test_the_months_are_summed(api, person):
    house.earn(f"person:{person.pk}", 500_000)
    house.ask(f"person:{person.pk}", 200_000)

    (month,) = api.get("/api/v1/statement/months/").json()

    assert month["change"] == "0.30"
    assert month["sums"] == [
        {"kind": "payout", "amount": "-0.20", "count": 1},
        {"kind": "release", "amount": "0.50", "count": 1},
    ]


def test_the_statement_is_a_file(api, person):
    house.earn(f"person:{person.pk}", 500_000)

    answer = api.get("/api/v1/statement/csv/")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="statement.csv"' in answer.headers["Content-Disposition"]
    assert b"release,0.50,job" in b"".join(answer.streaming_content)


def test_a_strangers_statement_is_nobodys():
    for path in ("", "months/", "csv/"):
        assert APIClient().get(f"/api/v1/statement/{path}").status_code == 401
