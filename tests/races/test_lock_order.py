"""Several rows locked by two at once: in one order, or with no other in the hand.

The twins lock as the code once did, and PostgreSQL ends one of the two.
"""

import pytest
from django.utils import timezone

from labeling.handout import assignments, reports, slots, statements, submissions, turns
from labeling.judging import quality
from labeling.models import Assignment, Membership, Project, Task
from labeling.orders import projects
from payments import escrow
from tests.labeling import house
from tests.races import work

pytestmark = pytest.mark.django_db(transaction=True)


def deadlocked(ends):
    return ["deadlock" in str(end) for end in ends]


def expire_all():
    Assignment.objects.update(leased_until=timezone.now())
    return slots.expire()


def looked_and_expired(*, held_up):
    """The ends of a look at the whole queue, in which the older task comes last, and of the job
    that brings the slots of two leases back; held up at so many tasks, the newest first."""
    made, holder, looker = house.opened(tasks=2, overlap=2), house.labeler(), house.labeler()
    assignments.leases(made.pk, labeler_id=holder.pk, count=2)
    older, newer = Task.objects.order_by("id")
    Task.objects.filter(pk=older.pk).update(rank=newer.rank + 1)
    Membership.objects.create(project=made, labeler=looker, cursors=[newer.rank + 1] + [0] * 9)
    return work.in_turn(
        f"SELECT FROM labeling_task ORDER BY id DESC LIMIT {held_up} FOR UPDATE",
        lambda: assignments.leases(made.pk, labeler_id=looker.pk, count=2),
        expire_all,
    )


def test_who_looks_at_the_whole_queue_does_not_run_into_the_end_of_leases():
    taken, ended_count = looked_and_expired(held_up=2)

    assert len(taken) == 1
    assert ended_count == 2
    assert sorted(Task.objects.values_list("free_count", "live_count")) == [(1, 1), (2, 0)]


def test_with_several_in_the_order_of_their_ranks_they_would(monkeypatch):
    statement = statements.LEASE_ANY.replace(statements.LOCK_FREE, statements.LOCK_WAITING)
    all_of_it = {"after": [0] * 10, "until": [None] * 10}

    def sweep(who):
        return assignments._take(statement, {**who, **all_of_it}).leases

    monkeypatch.setattr(assignments, "_sweep", sweep)
    monkeypatch.setattr(assignments, "RETRIED_STATES", set())

    assert sum(deadlocked(looked_and_expired(held_up=1))) == 1


def two_scarce_projects():
    """Open projects in which a round is due, each with two at work and two slots left."""
    found = [house.opened(tasks=4) for _ in range(2)]
    for made in found:
        for _ in range(2):
            house.take(made, house.labeler())
    return found


def test_turns_wait_for_no_project_that_somebody_changes():
    first, _ = two_scarce_projects()

    with work.guard() as gate:
        gate.execute("SELECT FROM labeling_project WHERE id = %s FOR UPDATE", [first.pk])

        assert turns.share_out() == 1

    rations = Project.objects.order_by("id").values_list("ration", flat=True)
    assert list(rations) == [None, 1]
    assert turns.share_out() == 1
    assert list(rations.all()) == [1, 1]


def test_if_they_waited_they_would_run_into_the_end_of_leases(monkeypatch):
    monkeypatch.setattr(turns, "LOCK", "ORDER BY project.id DESC FOR NO KEY UPDATE OF project")
    monkeypatch.setattr(slots, "LOCK_FREE_PROJECT", slots.LOCK_PROJECT)
    _, second = two_scarce_projects()

    ends = work.in_turn(
        f"SELECT FROM labeling_project WHERE id = {second.pk} FOR UPDATE",
        turns.share_out,
        expire_all,
    )

    assert sum(deadlocked(ends)) == 1


def judged_and_reported():
    """The ends of quality control of a closed project, held up at the first of two seats, and of
    a report on a task that the second one holds."""
    made, people = house.opened(tasks=2, overlap=2), [house.labeler(), house.labeler()]
    for who in people:
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    held = house.take(made, people[1])
    projects.close(made)
    seat = Membership.objects.order_by("id")[0]
    ends = work.in_turn(
        f"SELECT FROM labeling_membership WHERE id = {seat.pk} FOR UPDATE",
        quality.judge,
        lambda: reports.report(held.id, labeler_id=people[1].pk, reason="broken"),
    )
    return made, ends


def test_a_report_in_a_closed_project_does_not_run_into_the_judge():
    made, ends = judged_and_reported()

    assert deadlocked(ends) == [False, False]
    assert ends[0] == 1
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (2 * house.COST_UNITS, 0)


def test_without_the_money_locked_first_it_would(monkeypatch):
    monkeypatch.setattr(projects, "lock_money", lambda project: None)

    _, ends = judged_and_reported()

    assert sum(deadlocked(ends)) == 1
