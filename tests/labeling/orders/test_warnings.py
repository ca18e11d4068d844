"""What requesters hear of their projects, in the API's answer."""

import pytest
from rest_framework.test import APIClient

from labeling.data import gold_loads
from labeling.models import Project
from labeling.orders import projects, warnings
from tests.labeling import house, school

RUN_DRY = (
    "As it stands nobody new can take this test: too few of its questions are left to ask. "
    "Load more gold, and open it."
)
pytestmark = pytest.mark.django_db
LOST = (
    "The page has no hotkey ctrl+1, space: one is a letter from a to z or a digit, and no two are "
    "the same. Each choice shows the key that it has."
)


def test_hotkeys_that_the_page_does_not_have_are_named():
    client = APIClient()
    client.force_authenticate(house.requester())
    config = house.CHOICES.replace('value="Good"', 'value="Good" hotkey="ctrl+1"')
    config = config.replace('value="Bad"', 'value="Bad" hotkey="space"')
    assert "ctrl+1" in config

    made = client.post("/api/v1/projects/", {"title": "t", "config": config, "price": "0.05"})

    assert made.status_code == 201, made.json()
    assert made.json()["warnings"] == [LOST]
    again = client.get(f"/api/v1/projects/{made.json()['id']}/")
    assert again.json()["warnings"] == [LOST]


def test_a_test_says_when_its_questions_are_used_up():
    made = school.exam(school.skill(), length=2, overlap=1)
    assert warnings.of([made])[made.pk] == []

    school.sit(made, house.labeler(), right=1)

    assert warnings.of([made])[made.pk] == [RUN_DRY]
    gold_loads.load(made, rows=[{"data": {"text": "more"}, "expected": house.answer()}])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    assert warnings.of([made, house.project()])[made.pk] == []
    Project.objects.filter(pk=made.pk).update(state="CLOSED")
    assert warnings.of([Project.objects.get(pk=made.pk)])[made.pk] == []
