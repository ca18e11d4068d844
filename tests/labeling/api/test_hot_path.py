"""How many statements the two hot requests cost, token and all."""

import pytest
from rest_framework.test import APIClient

from labeling.models import Assignment, Submission
from people import tokens
from tests.labeling import house

pytestmark = pytest.mark.django_db


def test_next_and_submit_cost_few_statements(django_assert_num_queries):
    made, who = house.opened(tasks=4), house.labeler()
    client = APIClient(headers={"Authorization": f"Token {tokens.issue(who)}"})
    held = client.post(f"/api/v1/projects/{made.pk}/next/").json()
    held = submit(client, held)["next"]

    with django_assert_num_queries(2):  # the token, the task
        client.post(f"/api/v1/projects/{made.pk}/next/")
    with django_assert_num_queries(3):  # the token, the answer, the next task
        submit(client, held)


@pytest.mark.parametrize("count", ["", "0", "11", "abc", "1.5"])
def test_a_count_that_is_none_is_refused_before_anything_is_done(count):
    made, who = house.opened(tasks=2), house.labeler()
    client = APIClient(headers={"Authorization": f"Token {tokens.issue(who)}"})

    refused = client.post(f"/api/v1/projects/{made.pk}/next/?count={count}")
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")
    assert not Assignment.objects.exists()

    held = client.post(f"/api/v1/projects/{made.pk}/next/").json()
    path = f"/api/v1/assignments/{held['id']}/submit/?count={count}"
    refused = client.post(path, {"result": house.answer()})
    assert (refused.status_code, list(refused.json()["data"])) == (400, ["count"])
    assert not Submission.objects.exists()


def submit(client, held):
    path = f"/api/v1/assignments/{held['id']}/submit/?next=1"
    return client.post(path, {"result": house.answer()}).json()
