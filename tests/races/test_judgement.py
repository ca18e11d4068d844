"""Two verdicts at once: one acceptance, one release. The twin judges without the lock."""

import pytest
from django.db import IntegrityError

from labeling.handout import submissions
from labeling.judging import acceptance, quality
from labeling.models import Judgement, Project, Submission
from labeling.review import reviews
from payments.models import Entry
from tests.labeling import house
from tests.races import money, work

pytestmark = pytest.mark.django_db(transaction=True)


def waiting_for_review(**options):
    made, who = house.opened(tasks=1, **options), house.labeler()
    lease = house.take(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    return made, Submission.objects.get()


def accept_twice(monkeypatch):
    """The ends of two acceptances of one answer, which meet between the look and the write."""
    made, submission = waiting_for_review(review=Project.Review.MANUAL)
    money.meet_after(monkeypatch, acceptance, "_locked")

    def accept():
        return reviews.accept(submission.pk, reviewer=made.owner).state

    return money.at_once(accept, accept)


def test_an_answer_is_accepted_and_paid_once(monkeypatch):
    ends = accept_twice(monkeypatch)

    assert ends == ["ACCEPTED", "ACCEPTED"]
    assert Judgement.objects.count() == 1
    assert Entry.objects.filter(kind="release").count() == 1


def test_without_the_lock_both_judge_and_postgresql_alone_refuses(monkeypatch):
    monkeypatch.setattr(acceptance, "_locked", lambda pk: Submission.objects.get(pk=pk))

    ends = accept_twice(monkeypatch)

    (refused,) = [end for end in ends if isinstance(end, IntegrityError)]
    assert "judgement_once_a_verdict" in str(refused)
    assert Judgement.objects.count() == 1
    assert Entry.objects.filter(kind="release").count() == 1


def test_two_quality_controls_pay_once():
    waiting_for_review()

    ends = money.at_once(quality.judge, quality.judge)

    assert sorted(ends) == [0, 1]
    assert Judgement.objects.count() == 1
    assert Entry.objects.filter(kind="release").count() == 1


def test_a_task_that_is_being_judged_is_left_alone():
    waiting_for_review()

    with work.guard() as gate:
        gate.execute("SELECT FROM labeling_task FOR UPDATE")

        assert quality.judge() == 0
    assert quality.judge() == 1
