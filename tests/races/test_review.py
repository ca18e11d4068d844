"""Two reviewers at once: different answers to look at, one verdict on each."""

import pytest
from django.core.cache import cache

from labeling.errors import AlreadyJudged
from labeling.models import Case, Judgement, Reviewer
from labeling.review import claims, reviewers, reviews
from payments.models import Entry
from tests.labeling import house
from tests.labeling.queue import answered, states
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"reason": "wrong", "note": "It is about the weather."}


@pytest.fixture(autouse=True)
def _nobody_looks_at_anything():
    cache.clear()


def two_take_next(made):
    one, other = made.owner, house.labeler()
    reviewers.add(made, username=other.username)
    return money.at_once(
        lambda: reviews.next(made, reviewer=one).pk,
        lambda: reviews.next(made, reviewer=other).pk,
    )


def test_two_reviewers_at_once_look_at_different_answers(monkeypatch):
    made, _ = answered("Good", tasks=2)
    money.meet_before(monkeypatch, claims, "take")

    taken = two_take_next(made)

    assert sorted(taken) == sorted(made.submissions.values_list("pk", flat=True))


def test_without_claims_they_look_at_the_same_and_one_verdict_stands(monkeypatch):
    made, _ = answered("Good", tasks=2)
    monkeypatch.setattr(claims, "take", lambda ids, *, reviewer_id: ids[0])

    taken = two_take_next(made)

    assert len(set(taken)) == 1
    accept = [lambda: reviews.accept(taken[0], reviewer=made.owner).state] * 2
    assert money.at_once(*accept) == ["ACCEPTED", "ACCEPTED"]
    assert Judgement.objects.count() == Entry.objects.filter(kind="release").count() == 1


def test_acceptance_and_rejection_at_once_leave_one_verdict():
    made, _ = answered("Good")
    pk = made.submissions.get().pk

    accepted, rejected = money.at_once(
        lambda: reviews.accept(pk, reviewer=made.owner).state,
        lambda: reviews.reject(pk, reviewer=made.owner, **WHY).state,
    )

    (state,) = states(made)
    paid = Entry.objects.filter(kind="release").count()
    if isinstance(rejected, AlreadyJudged):
        assert (state, accepted, paid, Case.objects.count()) == ("ACCEPTED", "ACCEPTED", 1, 0)
    else:  # rejected first
        assert rejected in {"REJECTED", "ACCEPTED"}
        assert Case.objects.count() == 1
        assert paid == (state == "ACCEPTED")


def test_two_bulk_acceptances_pay_each_answer_once(settings):
    settings.STIPEND_JUDGE_TASKS = 2
    made, _ = answered("Good", tasks=7)

    def accept():
        return reviews.accept_all(made, reviewer=made.owner, chosen=reviews.Chosen()).count

    ends = money.at_once(accept, accept)

    assert sum(ends) == 7
    assert Entry.objects.filter(kind="release").count() == 7


def test_the_last_free_seat_of_a_reviewer_is_taken_once(settings):
    settings.STIPEND_REVIEWERS = 1
    made, one, other = house.project(), house.labeler(), house.labeler()

    money.at_once(
        lambda: reviewers.add(made, username=one.username),
        lambda: reviewers.add(made, username=other.username),
    )

    assert Reviewer.objects.count() == 1
