"""Answers come in: checked, in time, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models import F
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils import timezone

from labeling.errors import (
    AlreadySubmitted,
    AnswerOutsideChoices,
    FileTooLarge,
    LeaseExpired,
    MalformedAnswer,
    NotFound,
    NotYourAssignment,
)
from labeling.handout import assignments, recent, slots, submissions
from labeling.models import Assignment, Membership, Project, Submission, Task
from labeling.orders import projects
from tests.labeling import house
from tests.labeling.handout.test_assignments import let_time_pass

pytestmark = pytest.mark.django_db


@pytest.fixture
def who():
    return house.labeler()


@pytest.fixture
def lease(who):
    return house.take(house.opened(tasks=1), who)


def nothing_changed(lease):
    assignment = Assignment.objects.get(pk=lease.id)
    task = Task.objects.get(pk=lease.task_id)
    return (
        not Submission.objects.exists()
        and assignment.state == Assignment.State.LIVE
        and (task.live_count, task.done_count, task.state) == (1, 0, "OPEN")
    )


def test_an_answer_is_kept_and_its_slot_done(lease, who):
    receipt = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    written = Submission.objects.get(pk=receipt.id)
    assert (written.result, written.state) == (house.answer(), "SUBMITTED")
    assert receipt.is_new
    assert list(Task.objects.values_list("live_count", "done_count", "state")) == [
        (0, 1, "ANSWERED")
    ]


def test_the_same_answer_again_is_harmless(lease, who):
    first = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    again = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert (again.id, again.is_new) == (first.id, False)
    assert Task.objects.get().done_count == 1


def test_another_answer_is_refused(lease, who):
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    with pytest.raises(AlreadySubmitted):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Bad"))

    assert Submission.objects.get().result == house.answer()


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (house.answer("Ugly"), AnswerOutsideChoices),
        ([], MalformedAnswer),
        (None, MalformedAnswer),
        ({}, MalformedAnswer),
        ([{**house.answer()[0], "from_name": "other"}], MalformedAnswer),
        ([{**house.answer()[0], "type": "rating"}], MalformedAnswer),
        ([{**house.answer()[0], "value": {"choices": []}}], MalformedAnswer),
        ([{**house.answer()[0], "value": {"choices": ["Good", "Bad"]}}], MalformedAnswer),
        (house.answer() * 2, MalformedAnswer),
        ([{**house.answer()[0], "score": 1e308}], MalformedAnswer),
        ([{**house.answer()[0], "score": 10**30}], MalformedAnswer),
    ],
)
def test_a_bad_answer_changes_nothing(lease, who, result, error):
    with pytest.raises(error):
        submissions.submit(lease.id, labeler_id=who.pk, result=result)

    assert nothing_changed(lease)


def test_an_answer_that_is_too_large_changes_nothing(lease, who, settings):
    settings.STIPEND_ANSWER_BYTES = 10

    with pytest.raises(FileTooLarge):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert nothing_changed(lease)


@pytest.mark.parametrize("is_swept", [False, True])
def test_a_late_answer_counts_while_its_slot_is_free(lease, who, is_swept):
    began_at = timezone.now() - timedelta(hours=3)
    Assignment.objects.filter(pk=lease.id).update(leased_at=began_at)
    let_time_pass(lease)
    if is_swept:
        assert slots.expire() == 1

    receipt = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert (receipt.assignment_id, receipt.is_new) == (lease.id, True)
    kept = Assignment.objects.get()
    assert (kept.state, kept.leased_at) == ("SUBMITTED", began_at)
    task = Task.objects.get()
    assert (task.free_count, task.live_count, task.done_count) == (0, 0, 1)
    assert Membership.objects.get().leases_count == 1
    again = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    assert (again.id, again.is_new) == (receipt.id, False)


def test_a_late_answer_counts_where_who_may_work_is_asked_anew():
    made, who = house.opened(tasks=2, countries_only=["KE"]), house.labeler()
    who.country = "KE"
    who.save()
    held = assignments.leases(made.pk, labeler_id=who.pk, count=2)
    let_time_pass(held[0])
    slots.expire()
    Membership.objects.update(admitted_until=timezone.now() - timedelta(hours=1))

    assert submissions.submit(held[0].id, labeler_id=who.pk, result=house.answer()).is_new


def test_a_late_answer_that_is_wrong_can_be_mended(lease, who):
    let_time_pass(lease)

    with pytest.raises(AnswerOutsideChoices):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Ugly"))

    assert nothing_changed(lease)
    assert submissions.submit(lease.id, labeler_id=who.pk, result=house.answer()).is_new


def test_a_late_answer_that_is_refused_takes_no_task_anew(lease, who):
    let_time_pass(lease)
    until = Assignment.objects.get().leased_until

    for _ in range(3):
        with pytest.raises(AnswerOutsideChoices):
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Ugly"))

    assert Assignment.objects.get().leased_until == until
    assert slots.expire() == 1


def taken_by_another(lease):
    house.take(Project.objects.get(), house.labeler())


def closed(lease):
    projects.close(Project.objects.get())
    slots.expire()


def paused(lease):
    projects.pause(Project.objects.get())


def barred(lease):
    Membership.objects.update(barred_at=timezone.now())


@pytest.mark.parametrize("happening", [taken_by_another, closed, paused, barred])
def test_a_late_answer_comes_too_late_for_what_is_not_to_be_had_any_more(lease, who, happening):
    let_time_pass(lease)
    happening(lease)

    with pytest.raises(LeaseExpired):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert not Submission.objects.exists()
    assert not Assignment.objects.live().filter(labeler=who, leased_until__gt=Now()).exists()


def test_nobody_answers_for_another(lease):
    with pytest.raises(NotYourAssignment):
        submissions.submit(lease.id, labeler_id=house.labeler().pk, result=house.answer())

    assert nothing_changed(lease)


def test_there_must_be_an_assignment(who):
    with pytest.raises(NotFound):
        submissions.submit(0, labeler_id=who.pk, result=house.answer())


def test_what_was_given_back_cannot_be_answered(lease, who):
    assignments.give_back(lease.id, labeler_id=who.pk)

    with pytest.raises(LeaseExpired):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert not Submission.objects.exists()


def test_an_answer_to_what_was_handed_out_here_is_one_statement(
    lease, who, django_assert_num_queries
):
    with django_assert_num_queries(1):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())


def test_an_answer_to_what_was_handed_out_elsewhere_is_two(lease, who, django_assert_num_queries):
    recent.recall(lease.id, labeler_id=who.pk)

    with django_assert_num_queries(2):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())


def test_an_answer_is_held_against_the_form_of_now(lease, who):
    changed = Project.objects.get().config.replace("Good", "Fine")
    Project.objects.update(config=changed, config_version=F("config_version") + 1)

    with pytest.raises(AnswerOutsideChoices):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Good"))
    assert nothing_changed(lease)

    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Fine"))
    assert Submission.objects.get().result == house.answer("Fine")


@pytest.mark.parametrize("field", ["project_id", "task_id", "config_version"])
def test_a_wrong_hint_is_not_believed(lease, who, field):
    other = house.take(house.opened(tasks=1), house.labeler())
    question = recent.recall(lease.id, labeler_id=who.pk)
    wrong = {"project_id": other.project_id, "task_id": other.task_id, "config_version": 7}
    recent.remember(lease.id, replace(question, **{field: wrong[field]}))

    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    written = Submission.objects.get()
    assert (written.assignment_id, written.task_id) == (lease.id, lease.task_id)
    assert (written.project_id, written.labeler_id) == (lease.project_id, who.pk)
    assert Task.objects.get(pk=other.task_id).done_count == 0


def test_a_hint_of_another_person_opens_nothing(lease, who):
    thief = house.labeler()
    question = recent.recall(lease.id, labeler_id=who.pk)
    recent.remember(lease.id, replace(question, labeler_id=thief.pk))

    with pytest.raises(NotYourAssignment):
        submissions.submit(lease.id, labeler_id=thief.pk, result=house.answer())

    assert nothing_changed(lease)


def test_so_many_hints_are_kept(monkeypatch):
    monkeypatch.setattr(recent, "KEPT_QUESTIONS", 2)
    asked = recent.Question(labeler_id=1, project_id=1, task_id=1, config_version=1)
    for number in (-1, -2, -3):
        recent.remember(number, asked)

    assert recent.recall(-1, labeler_id=1) is None
    assert recent.recall(-3, labeler_id=2) is None  # and is gone
    assert recent.recall(-3, labeler_id=1) is None
    assert recent.recall(-2, labeler_id=1) == asked


def test_postgresql_refuses_to_change_an_answer(lease, who):
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    with pytest.raises(IntegrityError), atomic():
        Submission.objects.update(result=[])
