"""While one project is locked for long, as when data is loaded, everybody else goes on.

Who waits in vain is refused the lock after a while, so nothing here hangs.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from labeling import jobs
from labeling.data import imports
from labeling.errors import InvalidSettings, ProjectClosed
from labeling.handout import assignments, reports, submissions
from labeling.models import Assignment, Load, Project, Task
from labeling.orders import projects
from tests.labeling import house
from tests.races import work
from tests.races.money import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    yield
    connection.close()


@pytest.fixture
def both() -> list[Project]:
    """Each with a task that is judged and spared an answer, one whose lease is over, and one that
    is dropped and has just been handed back."""
    return [busy(), busy()]


def busy() -> Project:
    made = house.opened(tasks=3, overlap=1, overlap_max=2, confidence=0.5)
    judged, late, dropped = (house.labeler() for _ in range(3))
    lease = house.take(made, judged)
    submissions.submit(lease.id, labeler_id=judged.pk, result=house.answer())
    over = house.take(made, late)
    held = house.take(made, dropped)
    reports.pause(Task.objects.get(pk=held.task_id), why="Broken.")
    reports.drop(made, task_id=held.task_id)
    assignments.give_back(held.id, labeler_id=dropped.pk)
    Assignment.objects.filter(pk=over.id).update(leased_until=timezone.now())
    return made


def slots_of(made: Project) -> list[tuple[int, int]]:
    return list(made.tasks.order_by("id").values_list("free_count", "live_count"))


def states(made: Project) -> list[tuple[str, int]]:
    return list(made.tasks.order_by("id").values_list("state", "spare_count"))


WAITING = [("ANSWERED", 1), ("OPEN", 1), ("PAUSED", 1)]
DONE = [("JUDGED", 0), ("OPEN", 1), ("CLOSED", 0)]


def test_jobs_pass_by_a_project_that_is_locked(both):
    locked, free = both
    assert [states(made) for made in both] == [WAITING, WAITING]

    with work.guard() as gate:
        gate.execute("SELECT FROM labeling_project WHERE id = %s FOR NO KEY UPDATE", [locked.pk])
        jobs.expire()
        jobs.judge()
        jobs.take_turns()

        assert states(free) == DONE
        assert states(locked) == [("JUDGED", 1), *WAITING[1:]]  # judged, and the money waits
        assert Assignment.objects.live().get().project_id == locked.pk

    jobs.expire()
    jobs.judge()
    assert states(locked) == DONE
    assert not Assignment.objects.live().exists()


def test_nobody_waits_for_who_sends_a_file_slowly():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    rows = iter([b'{"text": "one"}\n', b'{"text": "two"}\n', b""])

    class Slow:
        """Between two pieces of the file somebody else hands a task back, as another process."""

        def read(self, size: int, /) -> bytes:
            with work.guard() as other:
                other.execute("SET lock_timeout = '2s'")
                other.execute(
                    "SELECT FROM labeling_project WHERE id = %s FOR NO KEY UPDATE", [made.pk]
                )
            return next(rows, b"")

    loaded = imports.load_file(made, stream=Slow(), kind="jsonl")

    assert loaded.load.added_count == 2
    assignments.give_back(lease.id, labeler_id=who.pk)
    assert projects.prove_holds() == []


def test_nobody_waits_for_rows_that_are_checked():
    made, who, other = house.opened(tasks=3), house.labeler(), house.labeler()
    lease, over = house.take(made, who), house.take(made, other)
    Assignment.objects.filter(pk=over.id).update(leased_until=timezone.now())
    ends = []

    def rows():
        yield {"text": "one"}
        ends.extend(
            at_once(
                lambda: assignments.give_back(lease.id, labeler_id=who.pk),
                lambda: assignments.lease(made.pk, labeler_id=other.pk),
            )
        )
        yield {"text": "two"}

    assert imports.load(made, rows=rows()).load.added_count == 2
    assert ends[0] is None
    assert ends[1].project_id == made.pk


def test_nobody_waits_for_rows_that_become_tasks(monkeypatch):
    made, who = house.opened(tasks=3), house.labeler()
    lease = house.take(made, who)
    locked, ends = projects.lock, []

    def lock(project_id):
        assert made.tasks.count() == 5
        ends.extend(at_once(lambda: assignments.give_back(lease.id, labeler_id=who.pk)))
        return locked(project_id)

    monkeypatch.setattr(projects, "lock", lock)

    assert imports.load(made, rows=[{"text": "one"}, {"text": "two"}]).tasks_count == 5
    assert ends == [None]


def test_two_loads_of_the_same_rows_come_one_after_the_other():
    made = house.project()
    rows = [{"text": f"{number}"} for number in range(200)]

    first, second = at_once(
        lambda: imports.load(made, rows=rows),
        lambda: imports.load(made, rows=rows[::-1]),
    )

    assert sorted([first.load.added_count, second.load.added_count]) == [0, 200]
    assert made.tasks.count() == 200


def test_what_is_closed_while_rows_are_checked_gets_none():
    made = house.project()

    def rows():
        yield {"text": "one"}
        at_once(lambda: projects.close(made))

    with pytest.raises(ProjectClosed):
        imports.load(made, rows=rows())

    assert not Load.objects.exists()
    assert not Task.objects.exists()


def test_rows_that_were_checked_by_another_form_are_refused():
    made = house.project()

    def rows():
        yield {"text": "one"}
        at_once(lambda: Project.objects.filter(pk=made.pk).update(config_version=2))

    with pytest.raises(InvalidSettings):
        imports.load(made, rows=rows())

    assert (Task.objects.count(), Load.objects.count()) == (0, 0)


def test_a_hand_out_does_not_wait_for_the_leases_of_others():
    made, holder, who = house.opened(tasks=1), house.labeler(), house.labeler()
    over = house.take(made, holder)
    Assignment.objects.filter(pk=over.id).update(leased_until=timezone.now())

    with work.guard() as gate:
        gate.execute("SELECT FROM labeling_project WHERE id = %s FOR NO KEY UPDATE", [made.pk])
        assert assignments.lease(made.pk, labeler_id=who.pk) is None

    jobs.expire()
    assert slots_of(made) == [(1, 0)]
