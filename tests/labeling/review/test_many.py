"""Many answers in one call: accepted, or rejected."""

import pytest

from labeling.errors import NotFound
from labeling.models import Judgement, Submission
from labeling.review import reviewers, reviews
from payments.models import Entry
from tests.labeling import house, queue
from tests.labeling.queue import answered, states
from tests.labeling.review.test_reviews import earned

pytestmark = pytest.mark.django_db


def test_answers_are_accepted_by_id(settings):
    settings.STIPEND_JUDGE_TASKS = 2  # in a transaction
    made, (who,) = answered("Good", tasks=5)
    elsewhere, _ = answered("Good")
    wanted = [one.pk for one in made.submissions.order_by("id")[:3]]
    chosen = reviews.Chosen(ids=[*wanted, elsewhere.submissions.get().pk, 0])

    assert reviews.count(made, reviewer=made.owner, chosen=chosen) == 3
    first, again = (reviews.accept_all(made, reviewer=made.owner, chosen=chosen) for _ in range(2))

    assert (first.count, again.count) == (3, 0)
    assert states(made) == ["ACCEPTED"] * 3 + ["SUBMITTED"] * 2
    assert states(elsewhere) == ["SUBMITTED"]
    assert earned(who) == 150_000
    assert set(Judgement.objects.values_list("judge", "by")) == {(made.owner.pk, "requester")}


def test_the_ids_that_are_left_out_are_named(settings):
    settings.STIPEND_BULK_ANSWERS = 2
    made, (who, other) = answered("Good", "Good", tasks=3)
    reviewers.add(made, username=other.username)
    elsewhere = answered("Good")[0].submissions.get().pk
    rejected, *fine = [one.pk for one in made.submissions.filter(labeler=who).order_by("id")]
    own = made.submissions.filter(labeler=other).earliest("id").pk
    reviews.reject(rejected, reviewer=made.owner, reason="wrong", note="No.")
    chosen = reviews.Chosen(ids=[rejected, *fine, own, elsewhere])

    left = [
        reviews.LeftOut(rejected, reviews.Why.DECIDED),
        reviews.LeftOut(own, reviews.Why.OWN),
        reviews.LeftOut(elsewhere, reviews.Why.UNKNOWN),
    ]
    left.sort(key=lambda one: one.id)
    assert reviews.accept_all(made, reviewer=other, chosen=chosen) == reviews.Accepted(
        2, is_more=False, left_out=tuple(left)
    )
    again = reviews.accept_all(made, reviewer=other, chosen=chosen)
    assert (again.count, {one.id for one in again.left_out}) == (0, set(chosen.ids))
    assert earned(who) == 100_000


def test_an_id_that_waits_for_another_call_is_not_left_out(settings):
    settings.STIPEND_BULK_ANSWERS = 1
    made, _ = answered("Good", tasks=2)
    chosen = reviews.Chosen(ids=[one.pk for one in made.submissions.all()])

    first = reviews.accept_all(made, reviewer=made.owner, chosen=chosen)

    assert first == reviews.Accepted(1, is_more=True, left_out=())


def test_answers_are_accepted_by_score_unless_they_look_odd():
    made, _ = answered("Good", tasks=3)
    low, odd, _ = made.submissions.order_by("id")
    Submission.objects.filter(pk=low.pk).update(score=0.79)
    queue.signal(odd)

    chosen = reviews.Chosen(minimum_score=0.8)
    accepted = reviews.accept_all(made, reviewer=made.owner, chosen=chosen)

    assert accepted == reviews.Accepted(1, is_more=False)
    assert states(made) == ["SUBMITTED", "SUBMITTED", "ACCEPTED"]


def test_everything_undecided_is_accepted_as_far_as_one_call_goes(settings):
    settings.STIPEND_BULK_ANSWERS, settings.STIPEND_JUDGE_TASKS = 3, 2
    made, (who,) = answered("Good", tasks=4)
    reviews.reject(made.submissions.last().pk, reviewer=made.owner, reason="wrong", note="No.")
    lease = house.opened(tasks=1, overlap=2)  # waits for another answer: accepted as well
    queue.give(lease, "Good")

    everything = reviews.Chosen()
    ends = [reviews.accept_all(made, reviewer=made.owner, chosen=everything) for _ in range(2)]
    unscored = reviews.accept_all(lease, reviewer=lease.owner, chosen=everything)

    assert ends == [reviews.Accepted(3, is_more=False), reviews.Accepted(0, is_more=False)]
    assert unscored.count == 1
    assert sorted(states(made)) == ["ACCEPTED"] * 3 + ["REJECTED"]
    assert earned(who) == 150_000


def test_a_call_says_that_more_wait(settings):
    settings.STIPEND_BULK_ANSWERS = 2
    made, _ = answered("Good", tasks=3)

    ends = [
        reviews.accept_all(made, reviewer=made.owner, chosen=reviews.Chosen()) for _ in range(2)
    ]

    assert ends == [reviews.Accepted(2, is_more=True), reviews.Accepted(1, is_more=False)]
    assert Entry.objects.filter(kind="release").count() == 3


def test_one_batch_of_rejections_is_a_case_for_each_labeler():
    made, people = answered("Good", "Bad", tasks=2)
    everything = list(made.submissions.values_list("pk", flat=True))

    opened = reviews.reject_all(
        made, everything, reviewer=made.owner, reason="careless", note="All the same."
    )

    assert {case.labeler for case in opened} == set(people)
    assert [case.submissions.count() for case in opened] == [2, 2]
    assert states(made) == ["REJECTED"] * 4


def test_a_batch_is_rejected_as_a_whole_or_not_at_all():
    made, _ = answered("Good", tasks=2)
    elsewhere, _ = answered("Good")
    mine = [one.pk for one in made.submissions.all()]

    for wanted in ([*mine, elsewhere.submissions.get().pk], [*mine, 0], []):
        with pytest.raises(NotFound):
            reviews.reject_all(made, wanted, reviewer=made.owner, reason="wrong", note="No.")

    assert states(made) == ["SUBMITTED"] * 2
    assert states(elsewhere) == ["SUBMITTED"]
