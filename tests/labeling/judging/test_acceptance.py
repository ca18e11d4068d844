"""What an acceptance says of a labeler: a person's is a final verdict, silence says nothing."""

import pytest
from django.utils import timezone

from labeling.crowd import reputation
from labeling.judging import quality
from labeling.models import Case, Project, ReputationEvent, Submission
from labeling.review import cases, reviews
from tests.labeling import house, queue
from tests.labeling.review.test_cases import PRICE, answered, earned, reject

pytestmark = pytest.mark.django_db


def moves(who) -> list[tuple[str, float, float]]:
    """What moved their reputation, the oldest first."""
    found = ReputationEvent.objects.filter(labeler=who).order_by("id")
    return list(found.values_list("kind", "right", "wrong"))


def test_an_answer_that_the_requester_accepts_counts_once():
    made, who = answered()
    one = made.submissions.get()

    for _ in range(2):
        reviews.accept(one.pk, reviewer=made.owner)

    assert moves(who) == [("accepted", 0.5, 0)]
    assert reputation.score(who.pk) == 4.5 / 5.5
    assert earned(who) == PRICE


def test_many_accepted_at_once_count_for_each():
    made, who = answered(tasks=3)

    reviews.accept_all(made, reviewer=made.owner, chosen=reviews.Chosen())

    assert moves(who) == [("accepted", 0.5, 0)] * 3


def test_silence_says_nothing_and_quality_control_has_said_it():
    made, who = answered()
    Submission.objects.update(decide_until=timezone.now())
    quality.judge()
    assert made.submissions.get().state == "ACCEPTED"
    assert moves(who) == []

    _, (first, second) = queue.answered("Good", "Good", review=Project.Review.CONSENSUS)
    kinds = [kind for one in (first, second) for kind, _, _ in moves(one)]
    assert kinds == ["agreed", "agreed"]


def test_who_did_not_agree_and_is_accepted_is_half_made_good():
    made, people = queue.answered("Good", "Good", "Bad")
    one = made.submissions.get(labeler=people[2])

    reviews.accept(one.pk, reviewer=made.owner)

    assert [kind for kind, _, _ in moves(people[2])] == ["disagreed", "accepted"]


@pytest.mark.parametrize("verb", ["overturn", "accept"])
def test_a_rejection_that_is_taken_back_in_time_is_an_acceptance(verb):
    made, who = answered(funds=house.COST_UNITS * 10)
    case = reject(made)

    if verb == "overturn":
        cases.overturn(case.pk, judge=made.owner)
    else:
        reviews.accept(made.submissions.get().pk, reviewer=made.owner)

    assert moves(who) == [("accepted", 0.5, 0)]


def test_a_final_rejection_that_is_overturned_is_made_good_once():
    made, who = answered(funds=house.COST_UNITS * 10)
    case = reject(made)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()

    cases.overturn(case.pk, judge=made.owner)

    assert moves(who) == [("rejected", 0, 1), ("overturned", 1, -1)]
