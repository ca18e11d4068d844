"""Who is called to a jury, and what a seat is paid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Membership
from labeling.review import appeals, cases, juries, verdicts
from tests.labeling.review.test_cases import (
    PRICE,
    SEAT,
    answered,
    contested,
    earned,
    juror,
    purse,
    reject,
    say,
    state_of,
)

pytestmark = pytest.mark.django_db


def test_a_case_that_waits_for_others_keeps_no_juror_from_the_next(monkeypatch):
    monkeypatch.setattr(juries, "LOOKED_AT", 1)
    _, _, _, (peer,) = contested(jurors=1)
    made, who = answered(funds=5 * SEAT)
    juror(made, peer)
    another = appeals.appeal(reject(made).pk, labeler_id=who.pk, note="It is right.")
    say(peer, acceptable=True)

    docket = juries.take(peer.pk)

    assert docket is not None
    assert docket.case.pk == another.pk


def test_who_was_barred_for_missing_gold_judges_nobody_there():
    made, _, _, (peer,) = contested(jurors=1)
    Membership.objects.filter(project=made, labeler=peer).update(barred_at=timezone.now())

    assert juries.take(peer.pk) is None


@pytest.mark.parametrize("raised", ["STIPEND_JUROR_FEE_PERCENT", "STIPEND_CASE_SAMPLE"])
def test_a_seat_is_paid_no_more_than_was_secured_for_it(settings, raised):
    settings.STIPEND_CASE_SAMPLE = 1
    made, who, case, people = contested(tasks=2, jurors=5)
    secured = case.secured_units
    setattr(settings, raised, 200)

    for one, acceptable in zip(people, [True, False, True, True, True], strict=True):
        say(one, acceptable=acceptable)
    assert verdicts.decide() == 1

    assert (state_of(case), earned(who)) == ("OVERTURNED", 2 * PRICE)
    assert [earned(one) for one in people] == [PRICE + secured // 5] * 5
    assert purse(made)[1] == 0


def test_before_the_appeal_nobody_foresees_which_answers_are_drawn(settings):
    settings.STIPEND_CASE_SAMPLE = 3
    made, who = answered(tasks=12, funds=5 * 4 * SEAT)
    case = appeals.appeal(reject(made).pk, labeler_id=who.pk, note="It is right.")
    moments = [case.appealed_at + timedelta(microseconds=number) for number in range(20)]

    draws = set()
    for case.appealed_at in moments:
        draws.add(tuple(cases.sample(case)))

    assert len(draws) > 1
    assert {len(draw) for draw in draws} == {3}


def test_all_jurors_of_a_case_look_at_the_same_answers(settings):
    settings.STIPEND_CASE_SAMPLE = 2
    _, _, _, people = contested(tasks=4)
    say(people[0], acceptable=True)
    settings.STIPEND_CASE_SAMPLE = 4

    docket = juries.take(people[1].pk)

    first = {one.submission_id for one in docket.answers if not one.is_gold}
    assert (len(first), sorted(first)) == (2, cases.sample(docket.case))
    assert docket.fee_units <= docket.case.secured_units // 5
