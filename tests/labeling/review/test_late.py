"""What the time decides: silence, thinking again, a jury that is at it, known answers in doubt."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling import notices
from labeling.content import gold
from labeling.errors import AlreadyJudged, CaseDecided, NotRejectable, SeatTaken
from labeling.judging import quality
from labeling.models import Case, ReputationEvent, Seat, Submission
from labeling.orders import projects
from labeling.review import appeals, cases, juries, verdicts
from people.models import Notice
from tests.labeling import house
from tests.labeling.content import test_gold
from tests.labeling.review.test_cases import (
    COST,
    FEE,
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


def test_what_was_silently_accepted_is_rejected_no_more_however_late_the_job():
    made, who = answered(funds=5 * SEAT)
    Submission.objects.update(decide_until=timezone.now() - timedelta(hours=1))

    with pytest.raises(AlreadyJudged):
        reject(made)

    assert (Case.objects.count(), purse(made)) == (0, (5 * SEAT, COST))
    quality.judge()
    assert (Submission.objects.get().state, earned(who)) == ("ACCEPTED", PRICE)


def test_who_gives_themselves_more_time_later_has_no_more_for_what_waits():
    made, _ = answered(review_hours=1)
    one = Submission.objects.get()
    assert one.decide_until - one.submitted_at == timedelta(hours=1)

    quality.judge()
    projects.change(made, review_hours=168)
    one.refresh_from_db()

    assert one.decide_until - one.submitted_at == timedelta(hours=1)


def mixed(settings, *, good_count: int = 3):
    """A case of six of which a jury found so many acceptable."""
    settings.STIPEND_CASE_SAMPLE = 6
    made, who, case, people = contested(tasks=6)
    good = cases.sample(case)[:good_count]
    for one in people:
        docket = juries.take(one.pk)
        votes = {one.position: one.is_gold or one.submission_id in good for one in docket.answers}
        juries.vote(docket.seat.pk, juror_id=one.pk, votes=votes)
    verdicts.decide()
    return made, who, case


def test_what_a_jury_left_rejected_in_an_overturned_case_is_thought_over_too(settings):
    made, who, case = mixed(settings)
    assert (state_of(case), earned(who), notices.tell_decided()) == ("OVERTURNED", 3 * PRICE, 1)
    funds, held = purse(made)
    assert cases.can_overturn(case)

    cases.overturn(case.pk, judge=made.owner)
    cases.overturn(case.pk, judge=made.owner)

    assert (state_of(case), earned(who)) == ("OVERTURNED", 6 * PRICE)
    assert purse(made) == (funds - 3 * COST, held)
    assert not cases.can_overturn(case)
    assert notices.tell_decided() == 1
    told = Notice.objects.filter(user=who, kind="appeal_decided").order_by("id")
    assert [one.facts["amount"] for one in told] == ["0.15", "0.30"]
    made_good = ReputationEvent.objects.filter(labeler=who, kind="overturned")
    assert sorted(made_good.values_list("right", "wrong")) == [(1, -1)] * 3 + [(1, 0)] * 3


def test_after_thirty_days_what_a_jury_left_rejected_stays(settings):
    made, who, case = mixed(settings)
    Case.objects.update(decided_at=timezone.now() - timedelta(days=31))

    with pytest.raises(CaseDecided):
        cases.overturn(case.pk, judge=made.owner)

    assert earned(who) == 3 * PRICE


def test_a_juror_who_is_at_it_when_the_time_is_over_is_heard_and_paid():
    _made, who, case, people = contested()
    for one in people[:2]:
        say(one, acceptable=False)
    docket = juries.take(people[2].pk)
    Case.objects.update(appealed_at=timezone.now() - timedelta(days=8))

    assert verdicts.decide() == 0
    votes = {one.position: one.is_gold for one in docket.answers}
    juries.vote(docket.seat.pk, juror_id=people[2].pk, votes=votes)
    assert verdicts.decide() == 1

    assert (state_of(case), earned(who)) == ("UPHELD", 0)
    assert [earned(one) for one in people] == [PRICE + SEAT] * 3


def test_a_jury_that_is_late_calls_nobody_any_more_and_waits_for_no_empty_seat():
    _made, who, case, people = contested()
    docket = juries.take(people[0].pk)
    Case.objects.update(appealed_at=timezone.now() - timedelta(days=8))

    assert juries.take(people[1].pk) is None
    Seat.objects.update(leased_until=timezone.now())
    assert verdicts.decide() == 1

    assert (state_of(case), earned(who)) == ("OVERTURNED", PRICE)
    with pytest.raises(SeatTaken):
        juries.vote(docket.seat.pk, juror_id=people[0].pk, votes={1: True})


def test_gold_that_turned_out_doubtful_is_cited_by_no_rejection():
    made = test_gold.opened(tasks=2, gold_tasks=1)
    house.fund(made, amount_units=5 * 2 * FEE)
    who = house.labeler()
    test_gold.work(made, who, count=2, answer_gold="Bad")
    missed = Submission.objects.get(is_gold=True)
    gold._undo_marks(made, [missed])  # as when many who know their work missed it

    with pytest.raises(NotRejectable):
        cases.open_cases(made, [missed.pk], reason="gold_failed", note="No.", judge=made.owner)

    missed.refresh_from_db()
    assert (missed.state, Case.objects.count()) == ("SUBMITTED", 0)


def test_what_waits_for_a_free_appeal_can_still_be_appealed_after_it():
    made, who = answered(tasks=3, funds=15 * SEAT)
    one, other, later = made.submissions.order_by("id").values_list("pk", flat=True)
    why = {"reason": "wrong", "note": "No.", "judge": made.owner}
    (case,), (another,) = (cases.open_cases(made, [pk], **why) for pk in (one, other))

    first = appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")
    (third,) = cases.open_cases(made, [later], **why)

    assert first.stake_units == 0
    another.refresh_from_db()
    for waiting in (another, third):
        left = waiting.appealable_until - first.appealed_at
        assert timedelta(hours=168 + 72) <= left < timedelta(hours=168 + 73)
    Case.objects.filter(pk=case.pk).update(appealed_at=timezone.now() - timedelta(days=8))
    verdicts.decide()
    assert appeals.appeal(another.pk, labeler_id=who.pk, note="So is this.").state == "APPEALED"


def test_an_appeal_with_a_stake_gives_no_other_more_time():
    made, who = answered(tasks=2, funds=10 * SEAT)
    juror(made, who)
    one, other = made.submissions.filter(state="SUBMITTED").values_list("pk", flat=True)
    why = {"reason": "wrong", "note": "No.", "judge": made.owner}
    (case,), (another,) = (cases.open_cases(made, [pk], **why) for pk in (one, other))

    assert appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.").stake_units == PRICE

    before = another.appealable_until
    another.refresh_from_db()
    assert another.appealable_until == before


def test_a_rejection_is_taken_back_after_its_project_is_closed():
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    projects.close(made)
    assert purse(made) == (0, COST + 5 * SEAT)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()
    assert purse(made) == (COST + 5 * SEAT, 0)

    cases.overturn(case.pk, judge=made.owner)

    assert (state_of(case), earned(who), purse(made)) == ("OVERTURNED", PRICE, (5 * SEAT, 0))
