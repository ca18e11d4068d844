"""What was loaded, over the API."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from labeling.data import imports
from labeling.models import Load, Project, Task
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


def client(who) -> APIClient:
    made = APIClient()
    made.force_authenticate(who)
    return made


def path(made: Project) -> str:
    return f"/api/v1/projects/{made.pk}/loads/"


def test_a_load_is_seen_and_taken_back():
    made = house.opened(tasks=3)
    api = client(made.owner)
    wrong = imports.load(made, rows=[{"text": "wrong"}, {"text": "text 1"}], priority=2).load

    newest, opened = api.get(path(made)).json()["results"]
    dropped = api.post(f"{path(made)}{wrong.pk}/drop/")

    assert (newest["load"], newest["state"], newest["held"]) == (str(wrong.pk), "LOADED", "0.00")
    assert (newest["added"], newest["duplicates"], newest["priority"]) == (1, 1, 2)
    assert (opened["state"], opened["held"], opened["is_gold"]) == ("OPENED", "0.1575", False)
    assert (dropped.status_code, dropped.json()["state"]) == (200, "DROPPED")
    assert made.tasks.count() == 3
    refused = api.post(f"{path(made)}{opened['load']}/drop/")
    assert (refused.status_code, refused.json()["code"]) == (409, "load_opened")


def test_loads_are_their_owners_own():
    made = house.opened()
    load = Load.objects.get()
    other = client(house.requester())

    assert other.get(path(made)).status_code == 404
    assert other.post(f"{path(made)}{load.pk}/drop/").status_code == 404
    assert client(made.owner).post(f"{path(made)}{uuid4()}/drop/").status_code == 404
    assert client(house.labeler()).get(path(made)).status_code == 403


def test_a_test_takes_no_tasks_without_an_answer():
    made = school.exam(school.skill())
    api = client(made.owner)

    answer = api.post(f"/api/v1/projects/{made.pk}/tasks/", [{"text": "unknown"}], format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_settings")
    assert not Task.objects.filter(project=made, expected=None).exists()
    assert api.post(f"/api/v1/projects/{made.pk}/open/").status_code == 200


def test_a_test_that_was_given_such_tasks_before_is_opened_without_them():
    skill = school.skill()
    made = house.project(skill.owner, kind="test", skill=skill, quota=1, price_units=0, overlap=3)
    Project.objects.filter(pk=made.pk).update(kind="labeling", price_units=1)
    wrong = imports.load(made, rows=[{"text": "unknown"}]).load
    Project.objects.filter(pk=made.pk).update(kind="test", price_units=0)
    api = client(made.owner)
    row = {"data": {"text": "unknown"}, "expected": house.answer()}
    assert api.post(f"/api/v1/projects/{made.pk}/open/").status_code == 400

    api.post(f"{path(made)}{wrong.pk}/drop/")
    api.post(f"/api/v1/projects/{made.pk}/gold/", [row], format="json")

    assert api.post(f"/api/v1/projects/{made.pk}/open/").json()["opened"] == 1
