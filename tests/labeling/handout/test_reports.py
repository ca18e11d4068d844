"""Broken tasks are reported, paused, resumed and dropped; the money stays right."""

from datetime import timedelta

import pytest
from django.db.models import F

from labeling.errors import LeaseExpired, NotYourAssignment, TaskNotPaused
from labeling.handout import assignments, offers, reports, slots, submissions
from labeling.judging import quality
from labeling.models import Assignment, Membership, Project, Report, Task
from labeling.orders import projects
from payments import escrow
from tests.labeling import house

pytestmark = pytest.mark.django_db


def report(made, who):
    lease = house.take(made, who)
    return reports.report(lease.id, labeler_id=who.pk, reason="broken", note="no picture")


def paused(**options):
    """A project whose one task three people reported."""
    made = house.opened(tasks=1, overlap=3, **options)
    for _ in range(3):
        report(made, house.labeler())
    return made


def test_a_report_gives_the_slot_back_and_costs_nothing():
    made, who = house.opened(tasks=1), house.labeler()

    report(made, who)

    task = Task.objects.get()
    assert (task.state, task.free_count, task.live_count, task.reports_count) == ("OPEN", 1, 0, 1)
    assert Membership.objects.get().leases_count == 0
    assert assignments.lease(made.pk, labeler_id=who.pk) is None


def test_reported_twice_is_once():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)

    for _ in range(2):
        reports.report(lease.id, labeler_id=who.pk, reason="unclear")

    assert (Report.objects.count(), Task.objects.get().reports_count) == (1, 1)


def test_only_the_holder_reports():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)

    with pytest.raises(NotYourAssignment):
        reports.report(lease.id, labeler_id=house.labeler().pk, reason="broken")
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    with pytest.raises(LeaseExpired):
        reports.report(lease.id, labeler_id=who.pk, reason="broken")

    assert Report.objects.count() == 0


def test_enough_reports_pause_the_task_and_keep_its_money():
    made = paused()

    task = Task.objects.get()
    assert (task.state, task.free_count, task.spare_count) == ("PAUSED", 0, 3)
    assert assignments.lease(made.pk, labeler_id=house.labeler().pk) is None
    assert escrow.balances(made.purse_id)["HELD"] == 3 * house.COST_UNITS


def test_a_paused_task_is_offered_again():
    made = paused()

    task = reports.resume(made, task_id=Task.objects.get().pk)

    assert (task.state, task.free_count, task.spare_count, task.reports_count) == ("OPEN", 3, 0, 0)
    house.take(made, house.labeler())
    with pytest.raises(TaskNotPaused):
        reports.resume(made, task_id=task.pk)


def test_a_dropped_task_gives_its_money_back():
    made = paused()

    task = reports.drop(made, task_id=Task.objects.get().pk)

    assert (task.state, task.spare_count) == ("CLOSED", 0)
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (3 * house.COST_UNITS, 0)


def test_a_dropped_task_keeps_the_answers_it_has():
    made = house.opened(tasks=1, overlap=4)
    who = house.labeler()
    lease = house.take(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    for _ in range(3):
        report(made, house.labeler())

    reports.drop(made, task_id=Task.objects.get().pk)
    quality.judge()

    assert Task.objects.get().state == "JUDGED"
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (3 * house.COST_UNITS, 0)


def test_two_that_are_dropped_by_who_read_the_project_before_each_give_their_money_back(settings):
    settings.STIPEND_TASK_REPORTS = 1
    made = house.opened(tasks=2, overlap=3)
    for _ in range(2):
        report(made, house.labeler())
    first, second = Task.objects.order_by("id")
    read_before = Project.objects.get(pk=made.pk)

    reports.drop(made, task_id=first.pk)
    reports.drop(read_before, task_id=second.pk)

    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (6 * house.COST_UNITS, 0)


def held_and_dropped():
    """A dropped task that somebody still holds, with them and their lease."""
    made = house.opened(tasks=1, overlap=4)
    who = house.labeler()
    lease = house.take(made, who)
    for _ in range(3):
        report(made, house.labeler())
    task = reports.drop(made, task_id=lease.task_id)
    assert (task.state, task.free_count, task.live_count) == ("PAUSED", 0, 1)
    assert escrow.balances(made.purse_id)["HELD"] == house.COST_UNITS
    return made, who, lease


def test_a_dropped_task_that_is_handed_back_is_offered_to_nobody():
    made, who, lease = held_and_dropped()

    assignments.give_back(lease.id, labeler_id=who.pk)
    assert assignments.lease(made.pk, labeler_id=house.labeler().pk) is None
    assert (reports.end_dropped(), reports.end_dropped()) == (1, 0)

    assert (Task.objects.get().state, Task.objects.get().spare_count) == ("CLOSED", 0)
    assert assignments.lease(made.pk, labeler_id=house.labeler().pk) is None
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (4 * house.COST_UNITS, 0)


def test_a_dropped_task_whose_lease_runs_out_is_offered_to_nobody():
    made, _, _ = held_and_dropped()
    Assignment.objects.filter(state="LIVE").update(
        leased_until=F("leased_at") - timedelta(minutes=1)
    )

    assert (slots.expire(), reports.end_dropped()) == (1, 1)

    assert Task.objects.get().state == "CLOSED"
    assert assignments.lease(made.pk, labeler_id=house.labeler().pk) is None
    assert escrow.balances(made.purse_id)["HELD"] == 0


def test_who_holds_a_dropped_task_may_answer_it_and_is_paid():
    made, who, lease = held_and_dropped()
    with pytest.raises(TaskNotPaused):
        reports.resume(made, task_id=lease.task_id)

    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    reports.end_dropped()
    quality.judge()

    assert Task.objects.get().state == "JUDGED"
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (3 * house.COST_UNITS, 0)


def test_a_paused_task_that_is_held_when_the_project_closes_is_judged_with_its_last_answer():
    made = house.opened(tasks=1, overlap=4)
    who = house.labeler()
    lease = house.take(made, who)
    for _ in range(3):
        report(made, house.labeler())

    projects.close(made)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()

    task = Task.objects.get()
    assert (task.state, task.consensus[0]["value"]) == ("JUDGED", {"choices": ["Good"]})
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (3 * house.COST_UNITS, 0)


def test_a_resumed_task_waits_for_those_who_had_passed_it_by(settings):
    settings.STIPEND_TASK_REPORTS = 1
    made, who = house.opened(tasks=2, overlap=2), house.labeler()
    report(made, house.labeler())  # the first
    house.load_one(made)
    for _ in range(2):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    assert assignments.lease(made.pk, labeler_id=who.pk) is None

    reports.resume(made, task_id=Task.objects.order_by("id")[0].pk)

    assert offers.get(who, project_id=made.pk).available
    house.take(made, who)


def test_what_is_resumed_asks_for_the_first_answers_first():
    made = house.opened(tasks=1, overlap=1, overlap_max=3, confidence=0.9)
    task = Task.objects.get()
    reports.pause(task, why="Broken.")

    task = reports.resume(made, task_id=task.pk)

    assert (task.state, task.free_count, task.spare_count) == ("OPEN", 1, 2)


def test_what_is_resumed_after_its_first_answers_asks_for_one_more():
    made, who = house.opened(tasks=1, overlap=1, overlap_max=3, confidence=0.9), house.labeler()
    lease = house.take(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()  # one answer is not sure enough
    task = Task.objects.get()
    assert (task.state, task.free_count, task.spare_count) == ("OPEN", 1, 1)
    reports.pause(task, why="Broken.")

    task = reports.resume(made, task_id=task.pk)

    assert (task.state, task.free_count, task.spare_count) == ("OPEN", 1, 1)
