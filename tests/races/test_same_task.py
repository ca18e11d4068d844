"""One person twice on a task that has room for two. The twin takes a slot for nothing."""

import pytest

from labeling.handout import assignments, statements
from labeling.models import Assignment, Task
from tests.labeling import house
from tests.races import work

pytestmark = pytest.mark.django_db(transaction=True)


def one_task_twice():
    """The ends of two hand-outs of one task to one person, who both saw no lease of theirs."""
    made, who = house.opened(tasks=1, overlap=2), house.labeler()

    def take():
        return assignments.lease(made.pk, labeler_id=who.pk)

    return work.behind("SELECT FROM labeling_task FOR UPDATE", take, take)


def test_nobody_is_twice_on_a_task():
    first, second = one_task_twice()

    assert first.id == second.id
    assert Assignment.objects.live().count() == 1
    assert list(Task.objects.values_list("free_count", "live_count")) == [(1, 1)]


@pytest.mark.broken_book  # money is held for a slot that nobody has
def test_without_the_refusal_the_second_slot_is_lost(monkeypatch):
    for name in ("LEASE_FIRST", "LEASE_NEXT", "LEASE_ANY", "LEASE_ONE"):
        statement = getattr(statements, name)
        careless = statement.replace("CASE lease.state WHEN 'EXPIRED' THEN 'LIVE' END", "'LIVE'")
        assert careless != statement
        monkeypatch.setattr(statements, name, careless)

    first, second = one_task_twice()

    assert first.id == second.id
    assert Assignment.objects.live().count() == 1
    assert list(Task.objects.values_list("free_count", "live_count")) == [(0, 2)]
