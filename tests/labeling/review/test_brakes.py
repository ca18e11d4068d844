"""The brake is about a requester's rejections, however they are spread and sent."""

import pytest

from labeling.errors import AlreadyJudged, RejectionsFrozen, TooManyRejections
from labeling.handout import submissions
from labeling.models import Case, Standing
from labeling.orders import warnings
from labeling.review import cases, reviews, standings
from tests.labeling import house, school
from tests.labeling.review.test_cases import FEE, answered

pytestmark = pytest.mark.django_db
WHY = {"reason": "wrong", "note": "No."}


@pytest.fixture(autouse=True)
def _some_are_always_let_through(settings):
    settings.STIPEND_BRAKE_REJECTIONS = 2


def ids_of(made) -> list[int]:
    return list(made.submissions.order_by("id").values_list("pk", flat=True))


def test_what_is_accepted_elsewhere_does_not_hide_a_project_of_rejections():
    made, _ = answered(tasks=3, funds=20 * 2 * FEE)
    other, _ = answered(tasks=12, owner=made.owner)
    reviews.accept_all(other, reviewer=made.owner, chosen=reviews.Chosen())
    *some, last = ids_of(made)
    cases.open_cases(made, some, judge=made.owner, **WHY)

    with pytest.raises(RejectionsFrozen) as refused:
        cases.open_cases(made, [last], judge=made.owner, **WHY)

    why = f"3 of 3 answers rejected within a day in project {made.pk}."
    assert Standing.objects.get().why == why
    assert refused.value.data == {"percent": 30, "days": 30, "free": 2}
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("accepted", "left"), [(0, 2), (10, 4)])
def test_a_call_with_too_many_rejects_none_and_freezes_nobody(accepted, left):
    made, _ = answered(tasks=15, funds=20 * 2 * FEE)
    chosen, others = ids_of(made)[: left + 1], ids_of(made)[5:]
    taken = reviews.Chosen(ids=others[:accepted])
    reviews.accept_all(made, reviewer=made.owner, chosen=taken)

    with pytest.raises(TooManyRejections) as refused:
        cases.open_cases(made, chosen, judge=made.owner, **WHY)

    assert refused.value.data == {"left": left, "percent": 30, "days": 30, "free": 2}
    assert not Case.objects.exists()
    assert not Standing.objects.filter(frozen_at__isnull=False).exists()
    assert len(cases.open_cases(made, chosen[:left], judge=made.owner, **WHY)) == 1


def test_owners_hear_that_their_rejections_wait():
    made, _ = answered(tasks=1, funds=20 * 2 * FEE)
    assert warnings.of([made])[made.pk] == []

    standings.freeze(made.owner_id, why="3 of 3 answers rejected within a day.")

    (said,) = warnings.of([made, house.project()])[made.pk]
    assert said.startswith("An unusual share of answers was rejected")


def test_rejections_spread_over_projects_are_counted_together():
    made, _ = answered(tasks=2, funds=20 * 2 * FEE)
    other, _ = answered(tasks=2, funds=20 * 2 * FEE, owner=made.owner)
    cases.open_cases(made, ids_of(made), judge=made.owner, **WHY)

    with pytest.raises(RejectionsFrozen):
        cases.open_cases(other, ids_of(other), judge=made.owner, **WHY)

    assert Standing.objects.get().why == "4 of 4 answers rejected within a day."


def test_tests_that_accept_by_themselves_count_for_nothing():
    made, _ = answered(tasks=2, funds=20 * 2 * FEE)
    other, _ = answered(tasks=2, funds=20 * 2 * FEE, owner=made.owner)
    exam = school.exam(school.skill(made.owner), length=50)
    school.sit(exam, house.labeler(), right=50)
    cases.open_cases(made, ids_of(made), judge=made.owner, **WHY)

    with pytest.raises(RejectionsFrozen):
        cases.open_cases(other, ids_of(other), judge=made.owner, **WHY)


@pytest.mark.parametrize("right", [3, 20])
def test_rejections_in_tests_are_held_against_what_tests_accept(right):
    made, _ = answered(tasks=2, funds=20 * 2 * FEE)
    exam = school.exam(school.skill(made.owner), length=30)
    house.fund(exam, amount_units=20 * 2 * FEE)
    school.sit(exam, house.labeler(), right=right)
    odd = house.labeler()
    for _ in range(3):
        lease = house.take(exam, odd)
        submissions.submit(lease.id, labeler_id=odd.pk, result=house.answer())
    given = list(exam.submissions.filter(labeler=odd).values_list("pk", flat=True))

    if right == 3:
        cases.open_cases(exam, given[:2], judge=made.owner, **WHY)
        with pytest.raises(RejectionsFrozen):
            cases.open_cases(exam, given[2:], judge=made.owner, **WHY)
    else:
        cases.open_cases(exam, given, judge=made.owner, **WHY)
        cases.open_cases(made, ids_of(made), judge=made.owner, **WHY)

    assert Standing.objects.filter(frozen_at=None).exists() is (right == 20)


def test_a_call_that_rejects_nothing_is_no_rejection():
    made, _ = answered(tasks=10, funds=20 * 2 * FEE)
    given, others = ids_of(made)[:3], ids_of(made)[3:]
    reviews.accept_all(made, reviewer=made.owner, chosen=reviews.Chosen(ids=others))
    cases.open_cases(made, given, judge=made.owner, **WHY)

    with pytest.raises(AlreadyJudged):  # the same call again, as programs do
        cases.open_cases(made, given, judge=made.owner, **WHY)

    assert not Standing.objects.filter(frozen_at__isnull=False).exists()
    assert reviews.accept(given[0], reviewer=made.owner).state == "ACCEPTED"
