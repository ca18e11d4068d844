"""Whoever takes a test is asked its questions, and does not pick those they know."""

import pytest
from django.test import Client

from labeling.crowd import skills
from labeling.errors import LeaseExpired, QuotaReached
from labeling.handout import assignments, reports, slots, submissions
from labeling.judging import quality
from labeling.models import Assignment, Membership, Task
from tests.labeling import house, school
from tests.labeling.handout.test_assignments import let_time_pass

pytestmark = pytest.mark.django_db


def given_back(lease, who):
    assignments.give_back(lease.id, labeler_id=who.pk)
    assignments.give_back(lease.id, labeler_id=who.pk)  # twice is once


def run_out(lease, who):
    let_time_pass(lease)


def answer(lease, who, choice="Good"):
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))


@pytest.mark.parametrize("let_go", [given_back, run_out])
def test_a_question_that_was_let_go_is_asked_again_before_any_other(let_go):
    made, who = school.exam(school.skill(), length=3, tasks=12), house.labeler()
    answer(house.take(made, who), who)
    second = house.take(made, who)
    third, _ = assignments.leases(made.pk, labeler_id=who.pk, count=2)[::-1]

    let_go(second, who)
    let_go(third, who)

    asked = [house.take(made, who).task_id]
    answer(Assignment.objects.live().get(), who)
    asked.append(house.take(made, who).task_id)
    assert asked == [second.task_id, third.task_id]
    answer(Assignment.objects.live().get(), who)
    with pytest.raises(QuotaReached):
        house.take(made, who)
    quality.judge()
    assert skills.result_of(made, who.pk).state == skills.State.PASSED
    assert Assignment.objects.count() == Membership.objects.get().leases_count == 3


def test_what_one_person_lets_go_others_are_asked_in_its_turn():
    made = school.exam(school.skill(), length=2, tasks=2, overlap=2)
    who, other = house.labeler(), house.labeler()
    first = house.take(made, who)
    given_back(first, who)

    asked = [house.take(made, other).task_id]
    answer(Assignment.objects.live().get(labeler=other), other)
    asked.append(house.take(made, other).task_id)

    assert asked == sorted(Task.objects.values_list("pk", flat=True))


def test_a_question_called_broken_is_not_right_whoever_else_calls_it_so(settings):
    settings.STIPEND_TASK_REPORTS = 2
    made = school.exam(school.skill(), length=4, tasks=9, price_units=0, pass_percent=75)
    friends = [house.labeler(), house.labeler()]
    for who in friends:
        answer(house.take(made, who), who)
        for _ in range(3):
            reports.report(house.take(made, who).id, labeler_id=who.pk, reason="broken")
        with pytest.raises(QuotaReached):
            house.take(made, who)
    quality.judge()

    assert Task.objects.filter(state="PAUSED").count() == 3
    for who in friends:
        result = skills.result_of(made, who.pk)
        assert (result.state, result.answers_count, result.percent) == (skills.State.FAILED, 4, 25)
        assert skills.values_of(who.pk) == {}


def test_what_was_given_back_is_reported_when_it_is_held_again():
    made, who = school.exam(school.skill(), length=2, tasks=3), house.labeler()
    lease = house.take(made, who)
    given_back(lease, who)
    with pytest.raises(LeaseExpired):
        reports.report(lease.id, labeler_id=who.pk, reason="broken")
    assert house.take(made, who).id == lease.id

    first = reports.report(lease.id, labeler_id=who.pk, reason="broken")

    assert reports.report(lease.id, labeler_id=who.pk, reason="broken") == first
    assert house.take(made, who).task_id != lease.task_id
    assert Task.objects.get(pk=lease.task_id).reports_count == 1


def test_the_last_question_called_broken_ends_the_test():
    made, who = school.exam(school.skill(), length=3, pass_percent=60), house.labeler()
    for _ in range(2):
        answer(house.take(made, who), who)
    quality.judge()
    assert skills.values_of(who.pk) == {}

    reports.report(house.take(made, who).id, labeler_id=who.pk, reason="broken")

    assert list(skills.values_of(who.pk).values()) == [66]


def test_in_work_what_was_handed_back_is_not_asked_again():
    made, who = house.opened(tasks=2), house.labeler()
    first = house.take(made, who)
    slots.give_back(first.id, labeler_id=who.pk)

    assert house.take(made, who).task_id != first.task_id
    assert Assignment.objects.get(pk=first.id).state == "RETURNED"


def test_the_page_of_a_test_has_nothing_to_skip_with():
    client = Client()
    client.force_login(house.labeler())
    exam, work = school.exam(school.skill(), length=2), house.opened()

    pages = [client.get(f"/projects/{one.pk}/work/").content.decode() for one in (exam, work)]

    assert [f"{end}>Skip" in page for page in pages for end in (" hidden", 'secondary"')] == [
        *(True, False),
        *(False, True),
    ]
