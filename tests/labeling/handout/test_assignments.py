"""The hand-out: who gets what, and when it comes back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils import timezone

from labeling.crowd import reputation
from labeling.errors import (
    LeaseExpired,
    NotFound,
    NotYourAssignment,
    OwnProject,
    ProjectNotOpen,
)
from labeling.handout import assignments, slots, submissions
from labeling.judging import quality
from labeling.models import Assignment, Membership, ReputationEvent, Task
from labeling.orders import projects
from tests.labeling import house

pytestmark = pytest.mark.django_db


def answer(lease, who):
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())


def let_time_pass(lease):
    past = timezone.now() - timedelta(hours=1)  # of the transaction, however slow it is
    Assignment.objects.filter(pk=lease.id).update(leased_until=past)


def look_again(who):
    """As if the pause between two looks at the whole queue were over."""
    Membership.objects.filter(labeler=who).update(swept_at=None)


def test_a_lease_shows_the_task_until_a_time():
    made, who = house.opened(tasks=1, lease_minutes=20), house.labeler()

    lease = house.take(made, who)

    assert assignments.data_of(lease) == {"text": "text 0"}
    minutes = (lease.leased_until - timezone.now()).total_seconds() / 60
    assert 19.9 < minutes <= 20
    assert list(Task.objects.values_list("free_count", "live_count")) == [(0, 1)]


def test_who_holds_a_task_gets_the_same_again():
    made, who = house.opened(tasks=2), house.labeler()

    assert house.take(made, who).id == house.take(made, who).id
    assert Assignment.objects.count() == 1


def test_tasks_come_in_order_and_never_twice_to_one_person():
    made, who = house.opened(tasks=3, overlap=2), house.labeler()

    seen = []
    while lease := assignments.lease(made.pk, labeler_id=who.pk):
        seen.append(assignments.data_of(lease)["text"])
        answer(lease, who)

    assert seen == ["text 0", "text 1", "text 2"]
    assert set(Task.objects.values_list("free_count", "done_count")) == {(1, 1)}


def test_never_more_holders_than_slots():
    made = house.opened(tasks=1, overlap=2)

    leases = [assignments.lease(made.pk, labeler_id=house.labeler().pk) for _ in range(3)]

    assert [lease is not None for lease in leases] == [True, True, False]


def test_a_slot_given_back_goes_to_somebody_else():
    made, first, second = house.opened(tasks=1), house.labeler(), house.labeler()
    lease = house.take(made, first)

    assignments.give_back(lease.id, labeler_id=first.pk)
    assignments.give_back(lease.id, labeler_id=first.pk)

    assert assignments.lease(made.pk, labeler_id=first.pk) is None
    assert house.take(made, second).task_id == lease.task_id


def test_a_slot_comes_back_when_the_time_is_over():
    made, first, second = house.opened(tasks=1), house.labeler(), house.labeler()
    lease = house.take(made, first)
    let_time_pass(lease)

    again = house.take(made, second)

    assert again.task_id == lease.task_id
    with pytest.raises(LeaseExpired):
        answer(lease, first)
    assert Assignment.objects.get(pk=lease.id).state == Assignment.State.EXPIRED


def test_whose_time_was_over_may_get_the_task_again():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    let_time_pass(lease)

    again = house.take(made, who)

    assert (again.task_id, again.id) == (lease.task_id, lease.id)
    answer(again, who)


def test_a_task_that_is_leased_anew_is_leased_from_now_on_at_a_free_place():
    made, who = house.opened(tasks=2), house.labeler()
    first = house.take(made, who)
    long_ago = timezone.now() - timedelta(hours=5)
    Assignment.objects.update(leased_at=long_ago, leased_until=long_ago)
    assert slots.expire() == 1
    house.take(made, who)

    held = assignments.leases(made.pk, labeler_id=who.pk, count=2)

    assert first.id in [lease.id for lease in held]
    again = Assignment.objects.get(pk=first.id)
    assert again.leased_at > long_ago + timedelta(hours=4)
    assert (again.state, again.ended_at) == ("LIVE", None)
    assert sorted(Assignment.objects.values_list("place", flat=True)) == [0, 1]


def test_only_the_leases_of_the_project_that_is_asked_for_end():
    here, there = house.opened(), house.opened()
    let_time_pass(house.take(here, house.labeler()))
    let_time_pass(house.take(there, house.labeler()))

    assert slots.expire(project_id=here.pk) == 1

    assert Assignment.objects.live().get().project_id == there.pk


def test_nobody_holds_on_to_or_ends_the_lease_of_another():
    made, other = house.opened(), house.labeler()
    lease = house.take(made, house.labeler())
    Assignment.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    until = Assignment.objects.get().leased_until

    with pytest.raises(NotYourAssignment):
        assignments.extend(lease.id, labeler_id=other.pk)

    assert slots.give_back(lease.id, labeler_id=other.pk) is False
    assert Assignment.objects.get().leased_until == until


def give_back(lease, who):
    assignments.give_back(lease.id, labeler_id=who.pk)


def run_out(lease, who):
    let_time_pass(lease)
    assert slots.expire() == 1


@pytest.mark.parametrize(
    ("end", "words"),
    [(answer, "not held"), (give_back, "not held"), (run_out, "The time for this task is over")],
)
def test_a_lease_that_has_ended_is_not_extended(end, words):
    made, who = house.opened(), house.labeler()
    lease = house.take(made, who)
    end(lease, who)
    Assignment.objects.update(leased_until=timezone.now() + timedelta(minutes=1))

    with pytest.raises(LeaseExpired, match=words):
        assignments.extend(lease.id, labeler_id=who.pk)


def test_the_job_brings_all_expired_slots_back():
    made = house.opened(tasks=3)
    for _ in range(3):
        let_time_pass(house.take(made, house.labeler()))

    assert slots.expire() == 3
    assert slots.expire() == 0
    assert set(Task.objects.values_list("free_count", "live_count")) == {(1, 0)}


def test_a_slot_behind_the_cursor_is_found_again():
    made, first, second = house.opened(tasks=2), house.labeler(), house.labeler()
    held = house.take(made, first)
    answer(house.take(made, second), second)
    assignments.give_back(held.id, labeler_id=first.pk)
    look_again(second)

    assert house.take(made, second).task_id == held.task_id


def test_who_asks_all_the_time_looks_at_the_whole_queue_as_well():
    """A slot may lie before the cursor: its task was locked when the cursor passed it."""
    made, who = house.opened(tasks=1), house.labeler()
    seat = Membership.objects.create(project=made, labeler=who, cursors=[2**40] + [0] * 9)
    a_while = timedelta(seconds=assignments.SWEEP_SECONDS * 0.6)
    Membership.objects.update(swept_at=timezone.now() - a_while)

    assert assignments.lease(made.pk, labeler_id=who.pk) is None
    seat.refresh_from_db()
    Membership.objects.update(swept_at=seat.swept_at - a_while)

    assert assignments.lease(made.pk, labeler_id=who.pk) is not None


def test_a_long_queue_is_looked_at_in_parts(monkeypatch):
    """Each hand-out goes on where the last one stopped, and only the end brings the pause."""
    monkeypatch.setattr(assignments, "SWEEP_ROWS", 2)
    made, who = house.opened(tasks=5, overlap=2), house.labeler()
    Membership.objects.create(project=made, labeler=who, cursors=[2**40] + [0] * 9)
    *done, last = Task.objects.order_by("rank")
    times = {"leased_at": Now(), "leased_until": Now()}
    Assignment.objects.bulk_create(
        Assignment(project=made, task=one, labeler=who, state="RETURNED", **times) for one in done
    )

    found = [assignments.lease(made.pk, labeler_id=who.pk) for _ in range(3)]

    assert [one and one.task_id for one in found] == [None, None, last.pk]
    assert Membership.objects.get().swept_at is None
    answer(found[2], who)
    assert assignments.lease(made.pk, labeler_id=who.pk) is None
    assert Membership.objects.get().swept_at is not None
    Assignment.objects.filter(task=done[0]).delete()
    assert assignments.lease(made.pk, labeler_id=who.pk) is None


def test_a_lease_that_is_over_ends_however_many_others_are(monkeypatch):
    monkeypatch.setattr(slots, "EXPIRE_LEASES", 1)
    made, who = house.opened(tasks=8), house.labeler()
    for _ in range(7):
        let_time_pass(house.take(made, house.labeler()))
    let_time_pass(house.take(made, who))

    assert assignments.lease(made.pk, labeler_id=who.pk) is not None


@pytest.mark.parametrize("verb", [projects.pause, projects.close])
def test_only_open_projects_hand_out(verb):
    made = house.opened(tasks=1)
    verb(made)

    with pytest.raises(ProjectNotOpen):
        assignments.lease(made.pk, labeler_id=house.labeler().pk)


def test_nobody_labels_their_own_project():
    made = house.opened(tasks=1)

    with pytest.raises(OwnProject):
        assignments.lease(made.pk, labeler_id=made.owner_id)


def test_there_must_be_a_project():
    with pytest.raises(NotFound):
        assignments.lease(0, labeler_id=house.labeler().pk)


def test_an_assignment_is_its_holders_alone():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)

    with pytest.raises(NotYourAssignment):
        assignments.give_back(lease.id, labeler_id=house.labeler().pk)

    assert Assignment.objects.get(pk=lease.id).state == Assignment.State.LIVE


def test_what_is_answered_cannot_be_given_back():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    answer(lease, who)

    with pytest.raises(LeaseExpired):
        assignments.give_back(lease.id, labeler_id=who.pk)

    assert Task.objects.get().done_count == 1


def test_time_that_runs_out_and_tasks_handed_back_cost_no_reputation():
    made, who = house.opened(tasks=2), house.labeler()
    let_time_pass(house.take(made, who))
    assert slots.expire() == 1
    assignments.give_back(house.take(made, who).id, labeler_id=who.pk)

    quality.judge()

    assert not ReputationEvent.objects.exists()
    assert reputation.score(who.pk) == reputation.mean(0, 0)
    assert Membership.objects.get().leases_count == 0


def test_a_hand_out_is_one_statement(django_assert_num_queries):
    made, who = house.opened(tasks=5), house.labeler()
    answer(house.take(made, who), who)

    with django_assert_num_queries(1):
        house.take(made, who)


@pytest.mark.parametrize(
    "changes", [{"free_count": -1}, {"live_count": 9}, {"done_count": 2, "free_count": 1}]
)
def test_postgresql_refuses_more_than_there_are_slots(changes):
    house.opened(tasks=1)

    with pytest.raises(IntegrityError), atomic():
        Task.objects.update(**changes)
