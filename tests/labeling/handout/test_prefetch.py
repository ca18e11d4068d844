"""Several tasks at once, longer leases, quotas, priorities and turns."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from labeling.data import imports
from labeling.errors import LeaseExpired, QuotaReached
from labeling.handout import assignments, slots, submissions, turns
from labeling.models import Assignment, Membership, Task
from labeling.models.task import GOLD_LANE
from labeling.orders import projects
from tests.labeling import house

pytestmark = pytest.mark.django_db


def texts(leases):
    return [assignments.data_of(lease)["text"] for lease in leases]


def test_several_tasks_are_leased_at_once_and_filled_up():
    made, who = house.opened(tasks=5), house.labeler()

    three = assignments.leases(made.pk, labeler_id=who.pk, count=3)
    again = assignments.leases(made.pk, labeler_id=who.pk, count=3)
    submissions.submit(three[0].id, labeler_id=who.pk, result=house.answer())
    filled = assignments.leases(made.pk, labeler_id=who.pk, count=3)

    assert texts(three) == ["text 0", "text 1", "text 2"]
    assert [lease.id for lease in again] == [lease.id for lease in three]
    assert texts(filled) == ["text 1", "text 2", "text 3"]
    assert Assignment.objects.live().count() == 3
    assert sorted(Assignment.objects.live().values_list("place", flat=True)) == [0, 1, 2]


def test_what_is_held_by_one_is_not_handed_to_another():
    made = house.opened(tasks=5)

    first = assignments.leases(made.pk, labeler_id=house.labeler().pk, count=3)
    second = assignments.leases(made.pk, labeler_id=house.labeler().pk, count=10)

    assert (texts(first), texts(second)) == (
        ["text 0", "text 1", "text 2"],
        ["text 3", "text 4"],
    )


def test_a_higher_priority_goes_out_first_even_when_it_comes_later():
    made, who = house.project(), house.labeler()
    house.load(made, tasks=3)
    house.fund(made, amount_units=10 * made.cost_per_task_units)
    projects.open_tasks(made)
    house.take(made, who)
    imports.load(made, rows=[{"text": "urgent"}], priority=7)
    projects.open_tasks(made)

    leases = assignments.leases(made.pk, labeler_id=who.pk, count=3)

    assert texts(leases) == ["text 0", "urgent", "text 1"]
    made.refresh_from_db()
    assert made.lanes == [7, 0]


def test_a_place_in_one_lane_is_kept_while_another_is_worked_on():
    made, who = house.opened(tasks=2), house.labeler()
    house.take(made, who)
    before = Membership.objects.get().cursors
    imports.load(made, rows=[{"text": "urgent"}], priority=7)
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)

    assignments.leases(made.pk, labeler_id=who.pk, count=2)

    after = Membership.objects.get().cursors
    assert before[0] > 0
    assert after[0] == before[0]
    assert after[7] > before[7]


def test_a_quota_bounds_what_one_person_takes_but_not_what_they_hand_back():
    made, who = house.opened(tasks=5, quota=2), house.labeler()

    held = assignments.leases(made.pk, labeler_id=who.pk, count=10)
    assignments.give_back(held[0].id, labeler_id=who.pk)
    filled = assignments.leases(made.pk, labeler_id=who.pk, count=10)

    assert len(held) == len(filled) == 2
    for lease in filled:
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    with pytest.raises(QuotaReached):
        assignments.lease(made.pk, labeler_id=who.pk)
    assert Membership.objects.get().leases_count == 2


def test_a_lease_is_extended_up_to_its_bound(settings):
    settings.STIPEND_LEASES = 2
    made, who = house.opened(lease_minutes=10), house.labeler()
    lease = house.take(made, who)
    taken_at = Assignment.objects.get().leased_at
    before = taken_at - timedelta(minutes=9)  # as if nine minutes had gone by
    Assignment.objects.update(leased_at=before, leased_until=before + timedelta(minutes=10))

    until = assignments.extend(lease.id, labeler_id=who.pk)
    assert timedelta(minutes=9) < until - taken_at < timedelta(minutes=11)

    earlier = before - timedelta(minutes=9)
    Assignment.objects.update(leased_at=earlier)
    assert assignments.extend(lease.id, labeler_id=who.pk) == until
    assert Assignment.objects.get().leased_until == until


def test_what_is_over_is_not_extended():
    made, who = house.opened(), house.labeler()
    lease = house.take(made, who)
    Assignment.objects.update(leased_until=timezone.now() - timedelta(hours=1))

    with pytest.raises(LeaseExpired):
        assignments.extend(lease.id, labeler_id=who.pk)

    slots.expire()
    assert Assignment.objects.get().state == "EXPIRED"


def test_a_late_answer_passes_nothing_by():
    made, who = house.opened(tasks=3), house.labeler()
    lease = assignments.leases(made.pk, labeler_id=who.pk, count=2)[1]
    Assignment.objects.update(leased_until=timezone.now() - timedelta(hours=1))
    slots.expire()  # both stand at the end of the queue now
    Task.objects.filter(pk=lease.task_id).update(rank=F("rank") + 10)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert len(assignments.leases(made.pk, labeler_id=who.pk, count=10)) == 2


def test_scarce_work_is_shared_out(settings):
    made = house.opened(tasks=8)
    people = [house.labeler() for _ in range(2)]
    for who in people:
        house.take(made, who)  # six are left for two
    assert turns.share_out() == 1
    made.refresh_from_db()
    assert made.ration == 3

    racer = assignments.leases(made.pk, labeler_id=people[0].pk, count=10)
    again = assignments.leases(made.pk, labeler_id=people[0].pk, count=10)

    assert len(racer) == len(again) == 4
    assert Task.objects.filter(free_count=1).count() == 3
    assert len(assignments.leases(made.pk, labeler_id=people[1].pk, count=10)) == 4


def test_plenty_ends_the_turns():
    made = house.opened(tasks=3)
    people = [house.labeler() for _ in range(2)]
    for who in people:
        house.take(made, who)
    turns.share_out()
    house.load(made, tasks=40)
    house.fund(made, amount_units=40 * made.cost_per_task_units)
    projects.open_tasks(made)

    assert turns.share_out() == 1

    made.refresh_from_db()
    assert made.ration is None
    assert turns.share_out() == 0


def test_what_a_slow_one_left_is_shared_out_in_the_next_round(settings):
    made = house.opened(tasks=4)
    people = [house.labeler() for _ in range(2)]
    for who in people:
        house.take(made, who)
    turns.share_out()
    held = assignments.leases(made.pk, labeler_id=people[0].pk, count=10)
    assert len(held) == 2
    assert len(assignments.leases(made.pk, labeler_id=people[0].pk, count=10)) == 2

    settings.STIPEND_ROUND_SECONDS = 61  # another number for now: the next round
    turns.share_out()

    assert len(assignments.leases(made.pk, labeler_id=people[0].pk, count=10)) == 3


def test_who_works_alone_need_not_share():
    made, who = house.opened(tasks=4), house.labeler()
    house.take(made, who)

    assert turns.share_out() == 0

    assert len(assignments.leases(made.pk, labeler_id=who.pk, count=10)) == 4


def test_gold_is_not_counted_as_work_to_share():
    made = house.opened(tasks=5, gold_percent=0)
    people = [house.labeler() for _ in range(2)]
    for who in people:
        house.take(made, who)
    gold = Task.objects.filter(free_count=1).order_by("-id").first()
    expected = house.answer()
    Task.objects.filter(pk=gold.pk).update(lane=GOLD_LANE, expected=expected, salt=b"s" * 16)

    turns.share_out()

    made.refresh_from_db()
    assert made.ration == 1


def test_what_comes_back_in_a_round_without_work_is_anybodys():
    made = house.opened(tasks=2)
    people = [house.labeler() for _ in range(2)]
    held = [house.take(made, who) for who in people]
    turns.share_out()

    assignments.give_back(held[0].id, labeler_id=people[0].pk)

    assert house.take(made, house.labeler()).task_id == held[0].task_id


def test_a_share_is_of_one_round_and_sums_up_within_it(settings):
    made = house.opened(tasks=8)
    people = [house.labeler() for _ in range(2)]
    for who in people:
        house.take(made, who)
    turns.share_out()
    racer = people[0]

    held = assignments.leases(made.pk, labeler_id=racer.pk, count=2)
    for lease in held:
        submissions.submit(lease.id, labeler_id=racer.pk, result=house.answer())
    rest = assignments.leases(made.pk, labeler_id=racer.pk, count=10)

    assert (len(held), len(rest)) == (2, 2)  # one before the round, and three in it
    assert len(assignments.leases(made.pk, labeler_id=racer.pk, count=10)) == 2
    settings.STIPEND_ROUND_SECONDS = 61
    turns.share_out()
    made.refresh_from_db()
    assert made.ration == 2
    assert len(assignments.leases(made.pk, labeler_id=racer.pk, count=10)) == 4
    assert Membership.objects.get(labeler=racer).ration_count == 2
