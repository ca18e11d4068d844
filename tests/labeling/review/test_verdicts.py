"""What a jury's votes come to: samples, bounds and doubt, with exact money."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.errors import CaseDecided
from labeling.models import Case, Submission
from labeling.review import appeals, cases, juries, reviews, verdicts
from payments import money
from tests.labeling.review.test_cases import (
    COST,
    FEE,
    PRICE,
    contested,
    earned,
    purse,
    say,
    state_of,
)

pytestmark = pytest.mark.django_db


def test_a_large_case_is_decided_by_its_sample_with_a_bound(settings):
    settings.STIPEND_CASE_SAMPLE = 5
    _made, who, case, people = contested(tasks=8)

    for one in people:
        say(one, acceptable=True)
    verdicts.decide()

    assert (state_of(case), earned(who)) == ("OVERTURNED", 8 * PRICE)
    assert (round(case.bound_low, 3), case.bound_high) == (0.478, 1.0)  # 0.025^(1/5)


@pytest.mark.parametrize(
    ("good_count", "state", "accepted_count", "bound_high"),
    [
        (3, "OVERTURNED", 3 + 4, 0.882),
        (2, "UPHELD", 2 + 4, 0.777),  # the rest may well be good: doubt is for the labeler
        (1, "UPHELD", 1 + 4, 0.641),
        (0, "UPHELD", 0, 0.459),  # surely fewer than half are: the rest falls with the sample
    ],
)
def test_a_sample_judges_each_and_the_rest_unless_there_is_doubt(
    client, settings, good_count, state, accepted_count, bound_high
):
    settings.STIPEND_CASE_SAMPLE = 6
    made, who, case, people = contested(tasks=10)
    good = cases.sample(case)[:good_count]
    _, held = purse(made)

    for one in people:
        docket = juries.take(one.pk)
        votes = {one.position: one.is_gold or one.submission_id in good for one in docket.answers}
        juries.vote(docket.seat.pk, juror_id=one.pk, votes=votes)
    verdicts.decide()

    states = list(case.submissions.values_list("state", flat=True))
    assert (state_of(case), round(case.bound_high, 3)) == (state, bound_high)
    assert states.count("ACCEPTED") == accepted_count
    assert states.count("FORFEITED") == 10 - accepted_count
    assert earned(who) == accepted_count * PRICE
    assert purse(made)[1] == held - 10 * COST - 5 * 7 * FEE
    client.force_login(who)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert page.count("<strong>Accepted") == accepted_count
    is_said = f"you are paid {money.written(accepted_count * PRICE)}" in page
    assert is_said is (state == "UPHELD" and accepted_count > 0)


def test_what_was_accepted_meanwhile_stands_for_nothing():
    made, who, case, _people = contested(jurors=0, tasks=3)
    Case.objects.update(state="STANDING")
    Submission.objects.filter(case=case).update(state="REJECTED")
    first, *others = case.submissions.order_by("id").values_list("pk", flat=True)
    reviews.accept(first, reviewer=made.owner)

    assert cases.sample(case) == others
    for pk in others:
        reviews.accept(pk, reviewer=made.owner)
    with pytest.raises(CaseDecided):
        appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")

    assert (cases.lapse(), state_of(case), earned(who)) == (1, "OVERTURNED", 3 * PRICE)


def test_when_no_jury_comes_the_labeler_is_right():
    _made, who, case, _ = contested(jurors=0)
    Case.objects.update(appealed_at=timezone.now() - timedelta(days=8))

    assert verdicts.decide() == 1

    assert (state_of(case), earned(who)) == ("OVERTURNED", PRICE)


@pytest.mark.parametrize("voices", [0, 2])
def test_no_bound_is_claimed_where_no_jury_has_judged(settings, voices):
    settings.STIPEND_CASE_SAMPLE = 3
    _made, who, case, people = contested(jurors=voices, tasks=5)
    for one in people:
        say(one, acceptable=False)
    Case.objects.update(appealed_at=timezone.now() - timedelta(days=8))

    assert verdicts.decide() == 1

    assert (state_of(case), case.jury_state, earned(who)) == ("OVERTURNED", "", 5 * PRICE)
    assert (case.bound_low, case.bound_high) == (None, None)
    assert [earned(one) for one in people] == [PRICE + 4 * FEE] * voices


def test_doubt_is_for_the_labeler():
    _made, who, case, people = contested(jurors=5)
    for one, acceptable in zip(people[:4], [True, False, False, True], strict=True):
        say(one, acceptable=acceptable)
    docket = juries.take(people[4].pk)
    nothing = {one.position: False for one in docket.answers}  # misses the known case
    juries.vote(docket.seat.pk, juror_id=people[4].pk, votes=nothing)

    assert verdicts.decide() == 1

    assert (state_of(case), case.jury_state, earned(who)) == ("OVERTURNED", "OVERTURNED", PRICE)
