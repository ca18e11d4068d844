"""What a requester sees of their projects: the same for one as for many, at the same cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from labeling.data import gold_loads
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Skill
from labeling.orders import overviews, projects
from tests.labeling import house

pytestmark = pytest.mark.django_db


def test_progress_is_counted():
    made, who = house.opened(tasks=3), house.labeler()
    lease = house.take(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()

    assert overviews.of([made])[made.pk].counts == {
        "tasks": 3,
        "loaded": 0,
        "open": 2,
        "done": 1,
        "paused": 0,
        "gold": 0,
        "submissions": 1,
        "accepted": 1,
        "rejected": 0,
    }
    assert projects.prove_holds() == []


def test_each_has_its_own_money_and_progress():
    empty, loaded, running = house.project(), house.project(gold_percent=50), house.opened(tasks=2)
    house.load(loaded, tasks=3)
    gold_loads.load(loaded, rows=[{"data": {"text": "known"}, "expected": house.answer()}])
    house.fund(loaded, amount_units=7)

    found = overviews.of([empty, loaded, running])

    assert [found[one.pk].opening_units for one in (empty, loaded, running)] == [
        *(0, 6 * house.COST_UNITS, 0)  # three answers, and as many to gold
    ]
    assert [found[one.pk].balances.get("FUNDS", 0) for one in (empty, loaded, running)] == [0, 7, 0]
    assert found[running.pk].balances["HELD"] == 2 * house.COST_UNITS
    assert [found[one.pk].counts["tasks"] for one in (empty, loaded, running)] == [0, 4, 2]
    assert len({one.deposit["purse"] for one in found.values()}) == 3
    assert overviews.of([loaded])[loaded.pk] == found[loaded.pk]


def test_the_list_is_a_fixed_number_of_statements_however_many_projects():
    owner = house.requester()
    client = APIClient()
    client.force_authenticate(owner)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/api/v1/projects/")
        assert answer.json()["count"] == owner.projects.count()
        return len(captured)

    house.load(house.project(owner), tasks=1)
    few = statements()
    for number in range(12):
        skill = Skill.objects.create(slug=f"skill-{number}", title="Skill", owner=owner)
        house.load(house.project(owner, skill=skill), tasks=2)

    assert (few, statements()) == (10, 10)
