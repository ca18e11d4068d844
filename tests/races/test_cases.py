"""Two who end the same case at once: one does, and the money moves once."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from labeling.crowd import reputation
from labeling.errors import AlreadyJudged, AppealOver, CaseDecided, TooManyAppeals
from labeling.handout import submissions
from labeling.judging import acceptance
from labeling.models import Case, ReputationEvent, Seat, Submission
from labeling.review import appeals, cases, juries, reviews, verdicts
from payments import escrow
from payments.errors import InsufficientFunds
from payments.models import Entry
from tests.labeling import house
from tests.labeling.review.test_cases import (
    SEAT,
    answered,
    contested,
    earned,
    juror,
    purse,
    reject,
    say,
)
from tests.races.money import at_once, meet_after, meet_before, meeting

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_appeal_against_the_end_of_its_time():
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    Case.objects.update(appealable_until=timezone.now())

    late, lapsed = at_once(
        lambda: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right."), cases.lapse
    )

    assert isinstance(late, AppealOver | CaseDecided)
    assert cases.lapse() + int(lapsed) == 1
    assert Submission.objects.get().state == "FORFEITED"


def test_two_jobs_end_a_case_once():
    made, _ = answered(funds=5 * SEAT)
    reject(made)
    Case.objects.update(appealable_until=timezone.now())

    ends = at_once(cases.lapse, cases.lapse)

    assert sorted(ends) == [0, 1]
    assert purse(made)[1] == 0
    assert Entry.objects.filter(key__startswith="unsecure:").count() == 1


def two_of_one_labeler():
    """Somebody whose answers were rejected in two projects, and both cases."""
    made, who = answered(funds=5 * SEAT)
    escrow.open_purse(f"person:{who.pk}")
    other = house.opened(review="manual")
    house.fund(other, amount_units=5 * SEAT)
    lease = house.take(other, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    return who, [reject(made), reject(other)]


def two_ends_of_one_labeler(monkeypatch, settings) -> list[float]:
    """What two rejections of one person weigh, of which one a day counts."""
    settings.STIPEND_REJECTIONS_A_DAY = 1
    _, found = two_of_one_labeler()
    Case.objects.update(appealable_until=timezone.now())
    meet_before(monkeypatch, reputation, "record")

    ends = at_once(*(lambda case=case: cases._lapse(case.pk) for case in found))

    assert ends == [True, True]
    return sorted(ReputationEvent.objects.values_list("wrong", flat=True))


def test_two_cases_that_end_at_once_count_as_one_a_day(monkeypatch, settings):
    assert two_ends_of_one_labeler(monkeypatch, settings) == [0, 1]


def test_without_the_lock_both_count(monkeypatch, settings):
    monkeypatch.setattr(reputation, "lock", lambda labeler_id: None)

    assert two_ends_of_one_labeler(monkeypatch, settings) == [1, 1]


def two_free_appeals(monkeypatch) -> list[type]:
    """What becomes of two appeals of somebody who has earned nothing: one at a time is free."""
    who, found = two_of_one_labeler()
    meet_after(monkeypatch, appeals, "_refuse_many")

    ends = at_once(
        *(
            lambda case=case: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")
            for case in found
        )
    )

    return sorted((type(end) for end in ends), key=lambda kind: kind.__name__)


def test_of_two_free_appeals_at_once_one_waits(monkeypatch):
    assert two_free_appeals(monkeypatch) == [Case, TooManyAppeals]


def test_without_the_lock_both_are_free(monkeypatch):
    monkeypatch.setattr(cases, "lock_money", lambda case: None)

    assert two_free_appeals(monkeypatch) == [Case, Case]


def two_stakes(monkeypatch) -> tuple[list[int], list[type]]:
    """What two appeals at once put at stake, of somebody who has earned the pay of six jurors; and
    what became of those that failed."""
    who, found = two_of_one_labeler()
    made = found[0].project
    house.fund(made, amount_units=6 * SEAT)
    payee = f"person:{who.pk}"
    escrow.bonus(made.purse, key="b", payee=payee, amount_units=6 * SEAT, cause="bonus")
    meet_after(monkeypatch, appeals, "stake_units")

    ends = at_once(
        *(
            lambda case=case: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")
            for case in found
        )
    )

    failed = [type(end) for end in ends if not isinstance(end, Case)]
    return sorted(end.stake_units for end in ends if isinstance(end, Case)), failed


def test_two_who_appeal_at_once_put_no_unit_at_stake_twice(monkeypatch):
    assert two_stakes(monkeypatch) == ([SEAT, 5 * SEAT], [])


def test_without_the_lock_a_stake_is_of_money_that_is_gone(monkeypatch):
    monkeypatch.setattr(cases, "lock_money", lambda case: None)

    assert two_stakes(monkeypatch) == ([5 * SEAT], [InsufficientFunds])


def test_a_juror_who_asks_twice_at_once_has_one_seat(monkeypatch):
    made, who = answered(tasks=2, funds=20 * SEAT)
    peer = juror(made)
    for one in made.submissions.filter(labeler=who):
        (case,) = cases.open_cases(made, [one.pk], reason="wrong", note="No.", judge=made.owner)
        Case.objects.filter(pk=case.pk).update(state="APPEALED", appealed_at=timezone.now())
        Submission.objects.filter(pk=one.pk).update(state="APPEALED")
    sit, calls = juries._sit, iter([*juries.open_to(peer.pk).values_list("pk", flat=True)])
    meet = meeting()

    def elsewhere(case_id, juror_id):
        """Each of the two requests is about to sit on a case of its own."""
        meet()
        return sit(next(calls, case_id), juror_id)

    monkeypatch.setattr(juries, "_sit", elsewhere)

    first, second = at_once(lambda: juries.take(peer.pk), lambda: juries.take(peer.pk))

    assert first.seat == second.seat
    assert Seat.objects.filter(juror=peer).count() == 1


def test_two_jobs_decide_a_case_once():
    _, who, case, people = contested()
    for one in people:
        say(one, acceptable=True)

    ends = at_once(verdicts.decide, verdicts.decide)

    assert sorted(ends) == [0, 1]
    case.refresh_from_db()
    assert (case.state, earned(who)) == ("OVERTURNED", 50_000)
    assert Entry.objects.filter(key__startswith="jury:").count() == 3


def test_two_cases_whose_labelers_judge_each_other(monkeypatch):
    (made, who), (other, whose) = answered(funds=5 * SEAT), answered(funds=5 * SEAT)
    found = []
    for project, labeler, peer in ((made, who, whose), (other, whose, who)):
        people = [juror(project, peer), juror(project), juror(project)]
        found.append((reject(project), labeler, people))
    for case, labeler, people in found:
        appeals.appeal(case.pk, labeler_id=labeler.pk, note="It is right.")
        for one in people:
            say(one, acceptable=True)
    meet, pay = meeting(), verdicts._pay
    monkeypatch.setattr(verdicts, "_pay", lambda *args, **kwargs: (pay(*args, **kwargs), meet()))

    ends = at_once(*(lambda case=case: verdicts._decide(case.pk) for case, _, _ in found))

    assert ends == [True, True]
    assert {case.state for case in Case.objects.all()} == {"OVERTURNED"}
    assert [earned(one) for one in (who, whose)] == [2 * 50_000 + SEAT] * 2


def test_more_jurors_than_seats_at_once():
    _, _, case, people = contested(jurors=5)

    dockets = at_once(*(lambda who=who: juries.take(who.pk) for who in people))

    assert sum(docket is not None for docket in dockets) == 3
    assert case.seats.count() == 3


def test_accepted_and_rejected_at_once():
    made, who = answered(funds=5 * SEAT)
    one = Submission.objects.get()

    accepted, rejected = at_once(
        lambda: reviews.accept(one.pk, reviewer=made.owner), lambda: reject(made)
    )

    one.refresh_from_db()
    assert one.state == "ACCEPTED"  # a rejection can be taken back, an acceptance cannot
    assert isinstance(accepted, Submission)
    assert isinstance(rejected, Case | AlreadyJudged | ValueError)
    assert earned(who) == 50_000
    cases.lapse()
    assert escrow.balances(made.purse_id)["HELD"] == 0


def taken_back_whole_and_in_part(monkeypatch):
    """The ends of two ways to think again at once: the whole case, and its one answer."""
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    escrow.open_purse(f"person:{who.pk}")
    one = made.submissions.get()
    meet_after(monkeypatch, cases, "lock_money")
    meet_after(monkeypatch, acceptance, "_locked")

    ends = at_once(
        lambda: cases.overturn(case.pk, judge=made.owner),
        lambda: reviews.accept(one.pk, reviewer=made.owner),
    )

    return ends, who


def test_a_rejection_is_taken_back_as_a_whole_and_in_part_at_once(monkeypatch):
    ends, who = taken_back_whole_and_in_part(monkeypatch)

    assert not any(isinstance(end, Exception) for end in ends), ends
    cases.lapse()
    assert (Case.objects.get().state, earned(who)) == ("OVERTURNED", 50_000)
    assert Entry.objects.filter(key__startswith="release:").count() == 1


def test_with_the_money_locked_first_they_deadlock(monkeypatch):
    locked = cases.locked_answers

    def money_first(case):
        cases.lock_money(case)
        return locked(case)

    monkeypatch.setattr(cases, "locked_answers", money_first)

    ends, _ = taken_back_whole_and_in_part(monkeypatch)

    assert any(isinstance(end, OperationalError) for end in ends), ends
    cases.lapse()
