"""What a hand-out costs does not grow: not with tasks, done or open, and not with people."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from labeling.data import imports
from labeling.handout import statements, submissions
from labeling.models import Project
from labeling.orders import projects
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


def planned(made: Project, who: User, statement: str, **more: Any) -> dict[str, Any]:
    """The plan of one hand-out with what its steps did."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task, labeling_assignment, labeling_membership")
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are no reason for an index
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        values = {"project": made.pk, "labeler": who.pk, "count": 1, **more}
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values)
        (found,) = cursor.fetchone()
    plan = found if isinstance(found, list) else json.loads(found)
    return plan[0]["Plan"]


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for one in node.get("Plans", []):
        yield from nodes(one)


def rows_read(made: Project, who: User, statement: str, **more: Any) -> int:
    """All rows that the steps of one hand-out bring up or throw away."""
    read = sum(_rows(node) for node in nodes(planned(made, who, statement, **more)))
    assert read > 0
    return read


def _rows(node: dict[str, Any]) -> int:
    thrown_away = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    return round((node["Actual Rows"] + thrown_away) * node["Actual Loops"])


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


def looks(made: Project, who: User) -> list[int]:
    """The rows that each statement of one look at the whole queue reads, eight of it at most."""
    start = {"rows": 8, "sweep": 0}
    with connection.cursor() as cursor:
        cursor.execute(statements.WINDOW, {"project": made.pk, "labeler": who.pk, **start})
        after, until = cursor.fetchone()
    part = {"after": after, "until": until}
    reads = [(statements.WINDOW, start), (statements.LEASE_ANY, part), (statements.HELD_UP, part)]
    return [rows_read(made, who, statement, **more) for statement, more in reads]


def test_a_look_at_a_long_queue_costs_no_more_than_at_a_short_one():
    short = looks(*worked(tasks=20, done=20, others=1))
    long = looks(*worked(tasks=150, done=150, others=1))

    assert all(much <= little + SLACK for much, little in zip(long, short, strict=True))


@pytest.mark.parametrize("statement", TAKES)
def test_others_at_work_cost_nothing(statement):
    few = rows_read(*worked(tasks=40, done=4, others=2), statement)
    many = rows_read(*worked(tasks=40, done=4, others=30), statement)

    assert many <= few + SLACK


@pytest.mark.parametrize("statement", TAKES)
def test_a_task_is_locked_in_the_first_lane_alone(statement):
    made, who = house.opened(tasks=2), house.labeler()
    for priority in (3, 7):
        house.fund(made, amount_units=2 * made.cost_per_task_units)
        imports.load(made, rows=[{"text": f"{priority} {n}"} for n in "ab"], priority=priority)
        projects.open_tasks(made)

    plan = planned(made, who, statement)

    locked = [node for node in nodes(plan) if node["Node Type"] == "LockRows"]
    assert [(node["Actual Loops"], node["Actual Rows"]) for node in locked] == [(1, 1)]
