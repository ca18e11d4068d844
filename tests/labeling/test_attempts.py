"""Projects in the jobs that look at all of them: none stands in another's way."""

import logging

import pytest

from labeling import attempts
from labeling.handout import submissions
from labeling.judging import audits, quality, weighing
from labeling.models import Audit, Case, Project, Submission, Task
from labeling.review import cases, reviews, verdicts
from tests.labeling import house

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The end of the process: all that is open is rolled back."""


def answered(count=2, **options):
    made = [house.opened(tasks=1, **options) for _ in range(count)]
    for one in made:
        who = house.labeler()
        submissions.submit(house.take(one, who).id, labeler_id=who.pk, result=house.answer())
    return made


def rejected(count=2):
    made = answered(count, review=Project.Review.MANUAL)
    for one in made:
        house.fund(one, amount_units=10 * house.PRICE_UNITS)
        answer = Submission.objects.get(project=one)
        reviews.reject(answer.pk, reviewer=one.owner, reason=Case.Reason.WRONG, note="Look again.")
    return made


def breaks(monkeypatch, module, name, *, end, is_broken):
    """The function ends so for what it is broken for."""
    real = getattr(module, name)

    def broken(first, *args, **options):
        if is_broken(first):
            raise end
        return real(first, *args, **options)

    monkeypatch.setattr(module, name, broken)


def weighing_breaks(monkeypatch, made, end):
    breaks(monkeypatch, weighing, "of", end=end, is_broken=lambda one: one.pk == made.pk)


def test_a_project_that_cannot_be_judged_keeps_no_other_waiting(monkeypatch, caplog):
    first, second = answered()
    weighing_breaks(monkeypatch, first, ValueError("broken"))

    with pytest.raises(attempts.Failed, match=f"judge: project {first.pk}$"):
        quality.judge()

    assert Task.objects.get(project=second).state == "JUDGED"
    assert Task.objects.get(project=first).state == "ANSWERED"
    (told,) = [one for one in caplog.records if one.name == "labeling.attempts"]
    assert (told.levelno, told.exc_info[0]) == (logging.ERROR, ValueError)


def test_a_project_that_ends_the_process_is_judged_last_the_next_time(monkeypatch):
    first, second = answered()
    weighing_breaks(monkeypatch, first, Killed())

    for _ in range(2):
        with pytest.raises(Killed):
            quality.judge()

    assert Task.objects.get(project=second).state == "JUDGED"


def test_what_its_time_accepts_is_accepted_before_what_may_take_long(monkeypatch):
    first, _ = answered()
    Submission.objects.update(decide_until="2026-01-01T00:00Z")
    weighing_breaks(monkeypatch, first, Killed())

    with pytest.raises(Killed):
        quality.judge()

    assert Submission.objects.get(project=first).state == "ACCEPTED"


@pytest.mark.parametrize("end", [ValueError("broken"), Killed()])
def test_a_project_that_cannot_be_looked_at_keeps_no_other_waiting(monkeypatch, end):
    first, second = answered()
    quality.judge()
    breaks(monkeypatch, audits, "_answers", end=end, is_broken=lambda one: one.pk == first.pk)

    for _ in range(2):
        with pytest.raises((attempts.Failed, Killed)):
            audits.audit_some()

    assert [one.project_id for one in Audit.objects.all()] == [second.pk]


def test_a_case_that_cannot_end_keeps_no_other_waiting(monkeypatch):
    first, second = rejected()
    Case.objects.update(appealable_until="2026-01-01T00:00Z")
    broken = Case.objects.get(project=first).pk
    breaks(monkeypatch, cases, "_lapse", end=ValueError(), is_broken=lambda one: one == broken)

    with pytest.raises(attempts.Failed, match=f"case {broken}"):
        cases.lapse()

    assert Case.objects.get(project=second).state == "LAPSED"


def test_a_case_that_cannot_be_decided_keeps_no_other_waiting(monkeypatch):
    first, second = rejected()
    old = "2026-01-01T00:00Z"
    Case.objects.update(state=Case.State.APPEALED, appealed_at=old)
    Submission.objects.update(state=Submission.State.APPEALED)
    broken = Case.objects.get(project=first).pk
    breaks(monkeypatch, verdicts, "_decide", end=ValueError(), is_broken=lambda one: one == broken)

    with pytest.raises(attempts.Failed, match=f"case {broken}"):
        verdicts.decide()

    assert Case.objects.get(project=second).state == "OVERTURNED"


def test_who_was_looked_at_longest_ago_comes_first():
    projects = [house.project().pk for _ in range(3)]
    seen = []

    def look(project_id):
        seen.append(project_id)
        return 1

    assert attempts.each("look", projects[1:], look) == 2
    assert attempts.each("look", projects, look) == 3
    assert attempts.each("other", projects[:2], look) == 2

    assert seen == [*projects[1:], *projects, *projects[:2]]


def test_a_job_begins_with_nothing_more_when_half_of_its_time_is_over(settings):
    projects = [house.project().pk for _ in range(2)]
    settings.CELERY_TASK_TIME_LIMIT = -2
    seen = []

    attempts.each("look", projects, seen.append)

    assert seen == []
