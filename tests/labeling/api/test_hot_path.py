"""How many statements the two hot requests cost, token and all."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.models import Assignment, Submission
from people import tokens
from people.models import ApiToken, User
from tests.labeling import house

pytestmark = pytest.mark.django_db


def test_next_and_submit_cost_few_statements(django_assert_num_queries):
    made, who = house.opened(tasks=4), house.labeler()
    client = APIClient(headers={"Authorization": f"Token {tokens.issue(who)}"})
    held = client.post(f"/api/v1/projects/{made.pk}/next/").json()
    held = submit(client, held)["next"]

    with django_assert_num_queries(2):  # the token, the task
        client.post(f"/api/v1/projects/{made.pk}/next/")
    with django_assert_num_queries(2):  # the answer with the token, the next task
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


def test_a_token_that_was_remembered_opens_nothing_once_it_is_revoked():
    client, who, held = at_work()
    tokens.revoke(who, token_key=ApiToken.objects.get(user=who).token_key)

    assert refused(client, held) == (401, "authentication_failed")


def test_a_token_that_was_remembered_opens_nothing_once_its_time_is_over():
    client, who, held = at_work()
    ApiToken.objects.filter(user=who).update(expiry=timezone.now())

    assert refused(client, held) == (401, "authentication_failed")


def test_who_was_remembered_is_refused_once_banned_and_heard_once_let_in_again():
    client, who, held = at_work()
    User.objects.filter(pk=who.pk).update(is_active=False)
    assert refused(client, held) == (401, "authentication_failed")

    User.objects.filter(pk=who.pk).update(is_active=True)
    assert submit(client, held)["submission"]["assignment"] == held["id"]


def test_who_was_remembered_is_refused_once_no_labeler():
    client, who, held = at_work()
    User.objects.filter(pk=who.pk).update(is_labeler=False)

    assert refused(client, held) == (403, "permission_denied")


def test_a_refused_answer_says_nothing_to_a_token_that_opens_nothing_any_more():
    client, who, held = at_work()
    tokens.revoke(who, token_key=ApiToken.objects.get(user=who).token_key)

    assert refused(client, held, [{"from_name": "nobody"}]) == (401, "authentication_failed")


def test_a_remembered_token_answers_for_nobody_else():
    client, _, _ = at_work()
    _, _, held = at_work()

    assert refused(client, held) == (403, "not_your_assignment")


def test_a_token_that_came_to_another_person_answers_for_them():
    client, who, held = at_work()
    ApiToken.objects.filter(user=who).update(user=house.labeler())

    assert refused(client, held) == (403, "not_your_assignment")


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/xml;q=0.9", "nonsense"])
def test_the_answer_is_json_whatever_was_asked_for(accept):
    client, _, held = at_work()
    path = f"/api/v1/assignments/{held['id']}/submit/?next=1"

    done = client.post(path, {"result": house.answer()}, headers={"Accept": accept})
    assert (done.status_code, done.headers["Content-Type"]) == (201, "application/json")

    again = client.post(path, {}, headers={"Accept": accept})
    assert (again.status_code, again.headers["Content-Type"]) == (400, "application/json")


def at_work():
    """A labeler's client whose token this process remembers, the labeler, what they hold."""
    made, who = house.opened(tasks=3), house.labeler()
    client = APIClient(headers={"Authorization": f"Token {tokens.issue(who)}"})
    held = client.post(f"/api/v1/projects/{made.pk}/next/").json()
    return client, who, submit(client, held)["next"]


def refused(client, held, result=None):
    """The status and the code, after nothing was written."""
    path = f"/api/v1/assignments/{held['id']}/submit/?next=1"
    answer = client.post(path, {"result": result or house.answer()})
    assert not Submission.objects.filter(assignment=held["id"]).exists()
    return answer.status_code, answer.json()["code"]


def submit(client, held):
    path = f"/api/v1/assignments/{held['id']}/submit/?next=1"
    return client.post(path, {"result": house.answer()}).json()
