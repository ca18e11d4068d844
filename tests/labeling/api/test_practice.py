"""Examples and practice, by the API."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from labeling.content import gold
from labeling.data import gold_loads
from labeling.models import Example, Submission, Task
from tests.labeling import house

pytestmark = pytest.mark.django_db

ROW = {"data": {"text": "one"}, "result": house.answer(), "why": "It cheers."}


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_a_requester_sets_and_reads_examples():
    owner = house.requester()
    api = client_of(owner)
    words = {"title": "Moods", "config": house.CHOICES, "price": "0.05"}

    made = api.post("/api/v1/projects/", {**words, "examples": [ROW]}).json()
    changed = api.patch(f"/api/v1/projects/{made['id']}/", {"examples": [{**ROW, "shown": False}]})

    regions = [{"id": "mood", **ROW["result"][0]}]
    assert made["examples"] == [{**ROW, "result": regions, "shown": True}]
    assert changed.json()["examples"] == [{**ROW, "result": regions, "shown": False}]
    assert api.get("/api/v1/projects/").json()["results"][0]["examples"][0]["shown"] is False


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{**ROW, "result": house.answer("Ugly")}], "answer_outside_choices"),
        ([{"data": {"text": "one"}}], "invalid_settings"),
        (["one"], "validation_failed"),
        ("one", "validation_failed"),
    ],
)
def test_examples_that_make_no_sense_are_refused(rows, code):
    made = house.project()

    answer = client_of(made.owner).patch(f"/api/v1/projects/{made.pk}/", {"examples": rows})

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Example.objects.exists()


def test_a_program_practises():
    made, who = house.opened(examples=[ROW]), house.labeler()
    path = f"/api/v1/offers/{made.pk}/practice/"

    (shown,) = client_of(who).get(path).json()
    told = client_of(who).post(f"{path}{shown['id']}/", {"result": house.answer("Bad")}).json()

    assert shown["data"] == {"text": "one"}
    assert set(shown) == {"id", "data"}
    assert (told["right"], told["score"], told["why"]) == (False, 0.0, "It cheers.")
    assert told["result"][0]["value"] == {"choices": ["Good"]}
    assert not Submission.objects.exists()


def test_practice_refuses_what_work_refuses():
    made, who = house.opened(examples=[ROW]), house.labeler()
    path = f"/api/v1/offers/{made.pk}/practice/{made.examples.get().pk}/"

    answer = client_of(who).post(path, {"result": []})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_answer")


def test_an_offer_shows_what_is_shown():
    made = house.opened(examples=[ROW, {**ROW, "data": {"text": "two"}, "shown": False}])

    offer = client_of(house.labeler()).get(f"/api/v1/offers/{made.pk}/").json()

    assert [one["data"]["text"] for one in offer["examples"]] == ["one"]
    assert offer["practice_count"] == 2


def test_gold_is_set_aside_by_its_owner_alone():
    made = house.project()
    gold_loads.load(made, rows=[{"data": {"text": "known"}, "expected": house.answer()}])
    Task.objects.update(state="OPEN")
    known = Task.objects.get()
    gold.retire(made, task_id=known.pk)
    path = f"/api/v1/projects/{made.pk}/gold/{known.pk}/practice/"

    refused = client_of(house.requester()).post(path)
    answer = client_of(made.owner).post(path, {"why": "Look."})

    assert (refused.status_code, answer.status_code) == (404, 201)
    assert (answer.json()["shown"], answer.json()["why"]) == (False, "Look.")


def test_practice_is_for_labelers():
    made = house.opened(examples=[ROW])

    assert APIClient().get(f"/api/v1/offers/{made.pk}/practice/").status_code == 401
    assert client_of(house.labeler()).get("/api/v1/offers/0/practice/").status_code == 404
