"""The requester reads tasks with their consensus."""

from base64 import b64encode

import pytest
from rest_framework.test import APIClient

from labeling.handout import submissions
from labeling.judging import quality
from tests.labeling import house

pytestmark = pytest.mark.django_db


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_tasks_come_with_their_consensus_and_how_sure_it_is():
    made = house.opened(tasks=2, overlap=2)
    for _ in range(2):
        who = house.labeler()
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()

    page = client_of(made.owner).get(f"/api/v1/projects/{made.pk}/tasks/").json()
    judged = client_of(made.owner).get(f"/api/v1/projects/{made.pk}/tasks/?state=JUDGED").json()

    first, second = page["results"]
    assert first["consensus"][0]["value"] == {"choices": ["Good"]}
    assert first["confidence"] == pytest.approx(16 / 17)
    assert (first["consensus_by"], first["is_gold"], first["state"]) == (
        "one_coin",
        False,
        "JUDGED",
    )
    assert (second["consensus"], second["confidence"], second["state"]) == (None, None, "OPEN")
    assert [task["id"] for task in judged["results"]] == [first["id"]]
    assert page["next"] is None


def test_tasks_are_for_their_owner_alone():
    made = house.opened(tasks=1)

    answer = client_of(house.requester()).get(f"/api/v1/projects/{made.pk}/tasks/")
    refused = client_of(made.owner).get(f"/api/v1/projects/{made.pk}/tasks/?state=NONE")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")


@pytest.mark.parametrize("place", ["p=abc", "p=\0", "p=nan", "p=-5", "o=-1", "o=many"])
@pytest.mark.parametrize("rows", ["tasks", "media", "submissions"])
def test_a_cursor_that_nobody_was_given_leads_nowhere(rows, place):
    made = house.project()
    client = APIClient()
    client.force_authenticate(made.owner)
    cursor = b64encode(place.encode()).decode()

    answer = client.get(f"/api/v1/projects/{made.pk}/{rows}/", {"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
