"""Two hand-outs or two answers at once. Each race has a twin in which the guard is off."""

import re

import pytest
from django.db import IntegrityError

from labeling.errors import AlreadySubmitted
from labeling.handout import assignments, statements, submissions
from labeling.models import Assignment, Submission, Task
from tests.labeling import house
from tests.races import work

pytestmark = pytest.mark.django_db(transaction=True)
TASKS = "SELECT FROM labeling_task FOR UPDATE"
MEMBERSHIPS = "SELECT FROM labeling_membership FOR UPDATE"


def two_for_the_last_slot():
    """The ends of two hand-outs of one slot, which both saw it free."""
    made = house.opened(tasks=1)
    people = [house.labeler(), house.labeler()]
    return work.behind(
        TASKS,
        *(lambda who=who: assignments.lease(made.pk, labeler_id=who.pk) for who in people),
    )


def test_the_last_slot_goes_to_one():
    ends = two_for_the_last_slot()

    assert sum(isinstance(end, assignments.Lease) for end in ends) == 1
    assert sum(end is None for end in ends) == 1
    assert list(Task.objects.values_list("free_count", "live_count")) == [(0, 1)]


def test_without_the_lock_both_take_it_and_postgresql_alone_refuses(monkeypatch):
    for name in ("LEASE_FIRST", "LEASE_NEXT", "LEASE_ANY", "LEASE_ONE"):
        statement = getattr(statements, name)
        blind = re.sub("FOR NO KEY UPDATE OF task( SKIP LOCKED)?", "", statement)
        assert blind != statement
        monkeypatch.setattr(statements, name, blind)

    ends = two_for_the_last_slot()

    (refused,) = [end for end in ends if isinstance(end, IntegrityError)]
    assert "task_slots_never_negative" in str(refused)
    assert list(Task.objects.values_list("free_count", "live_count")) == [(0, 1)]


def test_nobody_waits_for_a_task_that_another_is_taking():
    made = house.opened(tasks=2)
    first, second = Task.objects.order_by("rank")

    with work.guard() as gate:
        gate.execute("SELECT FROM labeling_task WHERE id = %s FOR UPDATE", [first.pk])
        taken = house.take(made, house.labeler())

    assert taken.task_id == second.pk
    assert house.take(made, house.labeler()).task_id == first.pk


def one_person_twice():
    """The ends of two hand-outs to one person at once, each with a task in its hand."""
    made, who = house.opened(tasks=3), house.labeler()
    first = house.take(made, who)
    submissions.submit(first.id, labeler_id=who.pk, result=house.answer())

    def take():
        return assignments.lease(made.pk, labeler_id=who.pk)

    return work.behind(MEMBERSHIPS, take, take)


def test_one_person_holds_one_task_of_a_project():
    first, second = one_person_twice()

    assert first.id == second.id
    assert Assignment.objects.live().count() == 1
    assert sum(Task.objects.values_list("live_count", flat=True)) == 1


@pytest.mark.broken_book  # what was let in is thrown away with its assignments
def test_without_the_unique_index_they_hold_two():
    with work.without_index("one_live_lease_a_place"):
        first, second = one_person_twice()

        assert first.id != second.id
        assert Assignment.objects.live().count() == 2


def two_answers(*choices):
    """The ends of two answers under one assignment, neither of which saw the other."""
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    return work.behind(
        TASKS,
        *(
            lambda choice=choice: submissions.submit(
                lease.id, labeler_id=who.pk, result=house.answer(choice)
            )
            for choice in choices
        ),
    )


def test_one_assignment_has_one_answer():
    ends = two_answers("Good", "Bad")

    assert sum(isinstance(end, submissions.Receipt) for end in ends) == 1
    assert sum(isinstance(end, AlreadySubmitted) for end in ends) == 1
    assert Submission.objects.count() == 1
    assert Task.objects.get().done_count == 1


def test_the_same_answer_sent_twice_is_one():
    first, second = two_answers("Good", "Good")

    assert first.id == second.id
    assert sorted([first.is_new, second.is_new]) == [False, True]
    assert Task.objects.get().done_count == 1


def test_without_the_second_look_postgresql_alone_refuses(monkeypatch):
    blind = submissions.WRITE.replace(
        "AND lease.state = 'LIVE' AND lease.leased_until > now()", "AND true"
    )
    assert blind != submissions.WRITE
    monkeypatch.setattr(submissions, "WRITE", blind)

    ends = two_answers("Good", "Bad")

    (refused,) = [end for end in ends if isinstance(end, IntegrityError)]
    assert "assignment_id" in str(refused) or "slots" in str(refused)
    assert Submission.objects.count() == 1
