"""A project that is asked for again, because its answer was lost on the way, is the same one."""

import pytest
from rest_framework.test import APIClient

from labeling.models import Project
from payments.models import Purse
from tests.labeling import house

pytestmark = pytest.mark.django_db
PATH = "/api/v1/projects/"
EXAMPLE = {"data": {"text": "one"}, "result": house.answer("Good"), "why": "It says so."}


def ask(client, *, key=None, **changes):
    wanted = {"title": "Moods", "config": house.CHOICES, "price": "0.05", **changes}
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(PATH, wanted, format="json", headers=headers)


@pytest.fixture
def requester():
    return signed_in(house.requester())


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_same_key_is_the_same_project(requester):
    first, again = (ask(requester, key="k", examples=[EXAMPLE]) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Project.objects.count() == Purse.objects.count() == 1
    assert Project.objects.get().examples.count() == 1


def test_it_is_answered_as_it_is_now(requester):
    made = ask(requester, key="k").json()
    requester.patch(f"{PATH}{made['id']}/", {"title": "Better moods"}, format="json")

    again = ask(requester, key="k").json()

    assert (again["id"], again["title"]) == (made["id"], "Better moods")


@pytest.mark.parametrize(
    "changed",
    [{"price": "0.06"}, {"title": "Others"}, {"overlap": 3}, {"examples": [EXAMPLE]}],
)
def test_the_same_key_for_something_else_is_refused(requester, changed):
    made = ask(requester, key="k").json()

    refused = ask(requester, key="k", **changed)

    assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")
    assert [one.pk for one in Project.objects.all()] == [made["id"]]


def test_a_key_is_of_one_person(requester):
    other = signed_in(house.requester())

    made = {ask(client, key="k").json()["id"] for client in (requester, other)}

    assert len(made) == 2


def test_without_a_key_each_request_is_a_project(requester):
    assert ask(requester).json()["id"] != ask(requester).json()["id"]


@pytest.mark.parametrize("key", ["", "k" * 101, "ключ"])
def test_a_key_that_is_none_makes_no_project(requester, key):
    refused = ask(requester, key=key)

    assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")
    assert not Project.objects.exists()


def test_what_was_refused_leaves_its_key_free(requester):
    refused = ask(requester, key="k", price="0")

    assert refused.status_code == 400
    assert ask(requester, key="k").status_code == 201
