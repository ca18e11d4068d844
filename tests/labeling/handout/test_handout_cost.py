"""What a hand-out costs does not grow: not with tasks, done or open, and not with people."""

import json
from typing import Any

import pytest
from django.db import connection

from labeling.handout import statements, submissions
from labeling.models import Project
from people.models import User
from tests.labeling import house

pytestmark = pytest.mark.django_db
TAKES = [statements.LEASE_FIRST, statements.LEASE_NEXT]
SLACK = 12  # rows that another plan counts twice; a project or a person more would bring many more


def worked(*, tasks: int, done: int, others: int) -> tuple[Project, User]:
    """Somebody who has done so many of the tasks, each of which wants one more person; as many
    others are at work, too."""
    made, who = house.opened(tasks=tasks, overlap=others + 2), house.labeler()
    for _ in range(others):
        house.take(made, house.labeler())
    for _ in range(done):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    return made, who


def rows_read(made: Project, who: User, statement: str) -> int:
    """All rows that the steps of one hand-out bring up or throw away."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task, labeling_assignment, labeling_membership")
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are no reason for an index
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        values = {"project": made.pk, "labeler": who.pk, "count": 1}
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values)
        (found,) = cursor.fetchone()
    plan = found if isinstance(found, list) else json.loads(found)
    read = _rows(plan[0]["Plan"])
    assert read > 0
    return read


def _rows(node: dict[str, Any]) -> int:
    thrown_away = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    own = round((node["Actual Rows"] + thrown_away) * node["Actual Loops"])
    return own + sum(_rows(one) for one in node.get("Plans", []))


@pytest.mark.parametrize("statement", TAKES)
def test_a_hand_out_reads_as_many_rows_of_a_large_project_as_of_a_small_one(statement):
    small = rows_read(*worked(tasks=10, done=4, others=2), statement)
    large = rows_read(*worked(tasks=150, done=4, others=2), statement)

    assert large <= small + SLACK


@pytest.mark.parametrize("statement", TAKES)
def test_what_one_has_done_is_not_read_again(statement):
    little = rows_read(*worked(tasks=150, done=4, others=2), statement)
    much = rows_read(*worked(tasks=150, done=120, others=2), statement)

    assert much <= little + SLACK


@pytest.mark.parametrize("statement", TAKES)
def test_others_at_work_cost_nothing(statement):
    few = rows_read(*worked(tasks=40, done=4, others=2), statement)
    many = rows_read(*worked(tasks=40, done=4, others=30), statement)

    assert many <= few + SLACK
