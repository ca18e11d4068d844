"""What there is to work on, by the API."""

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from labeling.models import Project
from people import tokens
from tests.labeling import answers_given, house
from tests.labeling.answers_given import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def who():
    return house.labeler()


@pytest.fixture
def client(who):
    return APIClient(headers={"Authorization": f"Token {tokens.issue(who)}"})


def listed(client, **wanted):
    answer = client.get("/api/v1/offers/", wanted)
    assert answer.status_code == 200
    return [offer["id"] for offer in answer.json()["results"]]


def test_a_program_reads_what_there_is(client, who):
    made = house.opened(languages=["fr"], quota=4, instructions="Read.")

    found = client.get("/api/v1/offers/").json()

    assert (found["count"], found["next"], found["previous"]) == (1, None, None)
    (offer,) = found["results"]
    assert offer == {
        "id": made.pk,
        "title": "Moods",
        "kind": "labeling",
        "skill": "",
        "price": "0.05",
        "paid": True,
        "available": True,
        "eligible": False,
        "state": "Not for you yet",
        "asks": ["You speak French."],
        "unmet": ["This is for people who speak French. Say in your account what you speak."],
        "languages": ["fr"],
        "quota": 4,
        "quota_left": 4,
        "reputation": 0.8,
        "lease_minutes": 15,
        "review": made.review,
        "review_hours": 72,
        "seconds": None,
        "hourly": None,
        "task_bytes": 17,
        "kinds": ["choose"],
        "requester": made.owner.pseudonym,
        "record": {
            "decided": 0,
            "accepted": 0,
            "rejections_standing": 0,
            "rejections_final": 0,
            "appeals": 0,
            "appeals_lost": 0,
            "approval_share": None,
            "appeals_lost_share": None,
            "median_accept_seconds": None,
            "median_hourly": None,
        },
    }


def test_one_offer_has_what_the_work_needs(client):
    made = house.opened(instructions="Read.")

    found = client.get(f"/api/v1/offers/{made.pk}/").json()

    assert (found["id"], found["instructions"], found["config"]) == (made.pk, "Read.", made.config)


def test_offers_are_narrowed(client, who):
    all_of_us, french = house.opened(), house.opened(languages=["fr"])
    over = house.opened()
    Project.objects.filter(pk=over.pk).update(owner=who)

    assert listed(client, available="true") == [all_of_us.pk, french.pk]
    assert listed(client, available="false") == [over.pk]
    assert listed(client, eligible="true") == [all_of_us.pk]
    assert listed(client, eligible="true", available="true", language="fr") == [all_of_us.pk]
    assert listed(client, language="en") == [all_of_us.pk, over.pk]


def test_offers_come_in_pages(client):
    made = [house.opened().pk for _ in range(21)]

    assert listed(client) == made[:0:-1]
    assert listed(client, page=2) == made[:1]


def test_offers_are_narrowed_by_pay_and_kind(client):
    cheap, dear = house.opened(price_units=10_000), house.opened(price_units=200_000)

    assert listed(client, pay="0.02") == [dear.pk]
    assert listed(client, kind="choose") == [dear.pk, cheap.pk]
    assert listed(client, kind="mark") == listed(client, hourly="1") == []
    assert listed(client, seconds=30) == []


MALFORMED = [
    *("available=perhaps", "language=much-too-long", "kind=sing", "pay=much", "hourly=-1"),
    *("seconds=0", "seconds=long"),
]


@pytest.mark.parametrize("query", MALFORMED)
def test_a_malformed_wish_is_refused(client, query):
    answer = client.get(f"/api/v1/offers/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


@pytest.mark.parametrize("path", ["/api/v1/offers/", "/api/v1/offers/1/", "/api/v1/reputation/"])
def test_it_is_for_labelers(client, who, path):
    who.is_labeler = False
    who.save()

    assert client.get(path).status_code == 403
    assert APIClient().get(path).status_code == 401


def test_drafts_and_nothing_are_not_found(client):
    draft = house.project()

    for pk in (draft.pk, 0, 10**18 - 1):
        assert client.get(f"/api/v1/offers/{pk}/").status_code == 404


def test_a_requesters_record_is_public():
    made = house.project()
    answers_given.answers(made, house.labeler(), count=5, state=State.ACCEPTED, seconds=60)

    found = APIClient().get(f"/api/v1/requesters/{made.owner.pseudonym}/").json()

    assert found["pseudonym"] == made.owner.pseudonym
    assert found["record"] == {
        "decided": 5,
        "accepted": 5,
        "rejections_standing": 0,
        "rejections_final": 0,
        "appeals": 0,
        "appeals_lost": 0,
        "approval_share": 1.0,
        "appeals_lost_share": None,
        "median_accept_seconds": 7200.0,
        "median_hourly": "3.00",
    }


def test_who_asks_for_nothing_has_no_record(who):
    for name in (who.pseudonym, "L-nobody"):
        answer = APIClient().get(f"/api/v1/requesters/{name}/")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_schema_describes_them():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]

    found = paths["/api/v1/offers/"]["get"]
    names = {parameter["name"] for parameter in found["parameters"]}
    assert {"available", "eligible", "language", "page"} <= names
    for path in ("offers/{project_id}", "reputation", "requesters/{pseudonym}"):
        content = paths[f"/api/v1/{path}/"]["get"]["responses"]["200"]["content"]
        assert "$ref" in content["application/json"]["schema"]
