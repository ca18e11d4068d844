"""Quality control, reviews and acceptance: who is right, who decides, who is paid."""

import pytest
from django.utils import timezone

from labeling.errors import AlreadyJudged, NotFound, ReasonMissing
from labeling.handout import submissions
from labeling.judging import acceptance, quality
from labeling.models import Case, Judgement, Project, Submission, Task
from labeling.review import reviews
from payments import escrow
from payments.models import Entry
from tests.labeling import house, school

pytestmark = pytest.mark.django_db
WHY = {"reason": "wrong", "note": "It is about the weather."}


def answered(*choices, **options):
    """A project with one task, answered by one labeler for each choice."""
    made = house.opened(tasks=1, overlap=len(choices), **options)
    people = []
    for choice in choices:
        who = house.labeler()
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
        people.append(who)
    return made, people


def earned(who):
    return escrow.balances(escrow.open_purse(f"person:{who.pk}")).get("EARNED", 0)


def test_the_consensus_is_what_most_say():
    answered("Good", "Bad", "Good")

    assert quality.judge() == 1

    task = Task.objects.get()
    assert (task.state, task.consensus[0]["value"]) == ("JUDGED", {"choices": ["Good"]})
    assert task.agreement == pytest.approx(1 / 3)
    assert list(Submission.objects.order_by("id").values_list("score", flat=True)) == [1, 0, 1]


def test_automatic_review_accepts_and_pays_everybody_once():
    made, people = answered("Good", "Bad", "Good", review=Project.Review.AUTO)

    quality.judge()
    quality.judge()

    assert [earned(who) for who in people] == [50_000] * 3
    assert escrow.balances(made.purse_id)["FEES"] == 7_500
    assert Entry.objects.filter(kind="release").count() == 3
    assert Judgement.objects.filter(verdict="ACCEPTED").count() == 3
    assert acceptance.prove_releases() == []


def test_manual_review_waits_for_the_requester():
    made, (who,) = answered("Good", review=Project.Review.MANUAL)
    quality.judge()
    one = Submission.objects.get()
    assert (one.state, one.score, earned(who)) == ("SUBMITTED", 1, 0)

    reviews.accept(one.pk, reviewer=made.owner)
    reviews.accept(one.pk, reviewer=made.owner)

    assert earned(who) == 50_000
    assert Judgement.objects.get().judge == made.owner


def test_a_rejection_needs_a_reason_and_keeps_the_money_locked():
    made, (who,) = answered("Good", review=Project.Review.MANUAL)
    house.fund(made, amount_units=1_000_000)
    one = Submission.objects.get()

    with pytest.raises(ReasonMissing):
        reviews.reject(one.pk, reviewer=made.owner, **{**WHY, "reason": "  "})
    reviews.reject(one.pk, reviewer=made.owner, **WHY)

    one.refresh_from_db()
    assert (one.state, earned(who)) == ("REJECTED", 0)
    secured_units = Case.objects.get().secured_units
    assert escrow.balances(made.purse_id)["HELD"] == house.COST_UNITS + secured_units
    assert Judgement.objects.get().reason == "wrong: It is about the weather."


def test_a_rejection_can_be_taken_back_and_an_acceptance_cannot():
    made, (who,) = answered("Good", review=Project.Review.MANUAL)
    house.fund(made, amount_units=1_000_000)
    one = Submission.objects.get()
    reviews.reject(one.pk, reviewer=made.owner, **WHY)

    reviews.accept(one.pk, reviewer=made.owner)
    with pytest.raises(AlreadyJudged):
        reviews.reject(one.pk, reviewer=made.owner, **WHY)

    assert earned(who) == 50_000


def test_strangers_do_not_review():
    answered("Good", review=Project.Review.MANUAL)
    one = Submission.objects.get()

    with pytest.raises(NotFound):
        reviews.accept(one.pk, reviewer=house.requester())
    with pytest.raises(NotFound):
        reviews.reject(one.pk, reviewer=house.requester(), **WHY)

    one.refresh_from_db()
    assert one.state == "SUBMITTED"


def test_silence_accepts():
    _, (who,) = answered("Good", review=Project.Review.MANUAL)
    quality.judge()
    assert earned(who) == 0

    Submission.objects.update(decide_until=timezone.now())
    quality.judge()

    assert earned(who) == 50_000


def test_acceptance_and_release_are_one_transaction(monkeypatch):
    made, (who,) = answered("Good", review=Project.Review.MANUAL)
    one = Submission.objects.get()

    def fail(*args, **options):
        raise RuntimeError

    monkeypatch.setattr(escrow, "release_all", fail)
    with pytest.raises(RuntimeError):
        reviews.accept(one.pk, reviewer=made.owner)

    one.refresh_from_db()
    assert (one.state, earned(who), Judgement.objects.count()) == ("SUBMITTED", 0, 0)


def test_a_batch_ends_when_its_time_is_over_and_keeps_what_it_has(settings):
    settings.STIPEND_JUDGE_SECONDS = 0
    made = house.opened(tasks=3)
    who = house.labeler()
    for _ in range(3):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert [quality.judge() for _ in range(4)] == [1, 1, 1, 0]

    assert set(Task.objects.values_list("state", "consensus_by")) == {("JUDGED", "one_coin")}


def test_gold_is_scored_until_the_time_is_over(settings):
    settings.STIPEND_JUDGE_SECONDS = 0
    made = school.exam(school.skill(), length=3)
    who = house.labeler()
    for _ in range(3):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert [quality.judge() > 0 for _ in range(4)] == [True, True, True, False]

    assert set(Submission.objects.values_list("score", flat=True)) == {1.0}
