"""A slot that two want to give back, or one while another answers: it comes back once, or not.

The twins end a lease without a second look at it behind the lock; PostgreSQL alone refuses.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from labeling.errors import LeaseExpired
from labeling.handout import assignments, reports, slots, submissions
from labeling.models import Assignment, Membership, Submission, Task
from labeling.orders import projects
from payments import escrow
from tests.labeling import house
from tests.races import work

pytestmark = pytest.mark.django_db(transaction=True)
TASKS = "SELECT FROM labeling_task FOR UPDATE"
AGAIN = "AND lease.state = 'LIVE' AND {again}"


def blind(monkeypatch) -> None:
    """Leases end without the second look."""
    assert AGAIN in slots.END
    monkeypatch.setattr(slots, "END", slots.END.replace(AGAIN, "AND true"))


def counts() -> list[tuple[int, int, int]]:
    found = Task.objects.order_by("id")
    return list(found.values_list("free_count", "live_count", "done_count"))


def returned_and_expired():
    """The ends of a return and of the job, of a lease whose time is just over."""
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    Assignment.objects.update(leased_until=timezone.now())
    return work.behind(
        TASKS, lambda: slots.give_back(lease.id, labeler_id=who.pk), lambda: slots.expire()
    )


def test_a_slot_that_is_handed_back_while_its_time_ends_comes_back_once():
    ends = returned_and_expired()

    assert sum(map(bool, ends)) == 1
    assert counts() == [(1, 0, 0)]
    assert Membership.objects.get().leases_count == 0


def test_without_the_second_look_it_would_come_back_twice(monkeypatch):
    blind(monkeypatch)

    ends = returned_and_expired()

    (refused,) = [end for end in ends if isinstance(end, IntegrityError)]
    assert "task_slots" in str(refused)
    assert counts() == [(1, 0, 0)]


def expired_and_leased_anew():
    """What was ended of two leases that were over, one of which has begun anew meanwhile."""
    made, who = house.opened(tasks=2), house.labeler()
    first, second = assignments.leases(made.pk, labeler_id=who.pk, count=2)
    Assignment.objects.update(leased_until=timezone.now())

    def begin_anew():
        until = timezone.now() + timedelta(minutes=15)
        Assignment.objects.filter(pk=second.id).update(leased_until=until)
        return slots.give_back(first.id, labeler_id=who.pk)

    return work.in_turn(
        f"SELECT FROM labeling_task WHERE id = {first.task_id} FOR UPDATE",
        slots.expire,
        begin_anew,
    )


def test_a_lease_that_has_begun_anew_does_not_end_with_its_former_time():
    ended_count, is_returned = expired_and_leased_anew()

    assert (ended_count, is_returned) in [(1, False), (0, True)]
    assert Assignment.objects.live().count() == 1
    assert counts() == [(1, 0, 0), (0, 1, 0)]


def test_without_the_second_look_at_the_time_it_would(monkeypatch):
    careless = slots.END.replace("AND {again}", "AND true")
    assert careless != slots.END
    monkeypatch.setattr(slots, "END", careless)

    expired_and_leased_anew()

    assert not Assignment.objects.live().exists()


def answered_and_returned():
    """The ends of an answer and a return of one lease, as from two open pages."""
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    return work.behind(
        TASKS,
        lambda: submissions.submit(lease.id, labeler_id=who.pk, result=house.answer()),
        lambda: slots.give_back(lease.id, labeler_id=who.pk),
    )


def test_a_task_is_answered_or_handed_back():
    answered, is_returned = answered_and_returned()

    if isinstance(answered, submissions.Receipt):
        assert (is_returned, counts(), Submission.objects.count()) == (False, [(0, 0, 1)], 1)
    else:
        assert isinstance(answered, LeaseExpired)
        assert (is_returned, counts(), Submission.objects.count()) == (True, [(1, 0, 0)], 0)


def test_without_the_second_looks_it_would_be_both(monkeypatch):
    blind(monkeypatch)
    careless = submissions.WRITE.replace(
        "AND lease.state = 'LIVE' AND lease.leased_until > now()", "AND true"
    )
    monkeypatch.setattr(submissions, "WRITE", careless)

    ends = answered_and_returned()

    (refused,) = [end for end in ends if isinstance(end, IntegrityError)]
    assert "task_slots" in str(refused)


def test_a_late_answer_and_another_hand_out_share_no_slot():
    made, first, second = house.opened(tasks=1), house.labeler(), house.labeler()
    lease = house.take(made, first)
    Assignment.objects.update(leased_until=timezone.now())
    slots.expire()

    answered, taken = work.behind(
        TASKS,
        lambda: submissions.submit(lease.id, labeler_id=first.pk, result=house.answer()),
        lambda: assignments.lease(made.pk, labeler_id=second.pk),
    )

    if isinstance(answered, submissions.Receipt):
        assert (taken, counts()) == (None, [(0, 0, 1)])
    else:
        assert isinstance(answered, LeaseExpired)
        assert (taken.task_id, counts()) == (lease.task_id, [(0, 1, 0)])


def test_a_late_answer_sent_twice_is_one():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    Assignment.objects.update(leased_until=timezone.now())

    def answer():
        return submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    first, second = work.behind(TASKS, answer, answer)

    assert (first.id, counts()) == (second.id, [(0, 0, 1)])
    assert sorted([first.is_new, second.is_new]) == [False, True]


def the_last_of_a_quota():
    """The ends of two hand-outs to one person who may take one task, and saw none taken."""
    made, who = house.opened(tasks=3, quota=2), house.labeler()
    first = house.take(made, who)
    submissions.submit(first.id, labeler_id=who.pk, result=house.answer())

    def take():
        return assignments.lease(made.pk, labeler_id=who.pk)

    return work.behind("SELECT FROM labeling_membership FOR UPDATE", take, take)


def test_nobody_takes_more_than_their_quota():
    first, second = the_last_of_a_quota()

    assert first.id == second.id
    assert Membership.objects.get().leases_count == 2
    assert Assignment.objects.count() == 2


@pytest.mark.broken_book  # what was let in is thrown away with its assignments
def test_without_places_they_would():
    with work.without_index("one_live_lease_a_place"):
        the_last_of_a_quota()

        assert Membership.objects.get().leases_count == 3


def test_two_reports_at_once_are_both_counted():
    made = house.opened(tasks=1, overlap=2)
    people = [house.labeler(), house.labeler()]
    held = [house.take(made, who) for who in people]

    ends = work.behind(
        TASKS,
        *(
            lambda lease=lease, who=who: reports.report(
                lease.id, labeler_id=who.pk, reason="broken"
            )
            for lease, who in zip(held, people, strict=True)
        ),
    )

    assert not any(isinstance(end, Exception) for end in ends), ends
    assert Task.objects.get().reports_count == 2
    assert counts() == [(2, 0, 0)]


def reported_in_a_closed_project():
    """The ends of two reports that each bring money back to a closed project."""
    made = house.opened(tasks=2)
    people = [house.labeler(), house.labeler()]
    held = [house.take(made, who) for who in people]
    projects.close(made)

    ends = work.behind(
        TASKS,
        *(
            lambda lease=lease, who=who: reports.report(
                lease.id, labeler_id=who.pk, reason="broken"
            )
            for lease, who in zip(held, people, strict=True)
        ),
    )
    return made, ends


def test_reports_in_a_closed_project_do_not_stand_in_each_others_way():
    made, ends = reported_in_a_closed_project()

    assert not any(isinstance(end, Exception) for end in ends), ends
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (2 * house.COST_UNITS, 0)


def test_without_the_project_locked_first_they_would(monkeypatch):
    monkeypatch.setattr(reports, "_door", lambda project_id: None)

    _, ends = reported_in_a_closed_project()

    (refused,) = [end for end in ends if isinstance(end, Exception)]
    assert "deadlock" in str(refused)
