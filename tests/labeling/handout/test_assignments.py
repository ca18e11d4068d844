"""The hand-out: who gets what, and when it comes back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
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
