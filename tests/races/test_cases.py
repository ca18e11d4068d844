"""Two who end the same case at once: one does, and the money moves once."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from labeling.crowd import reputation
from labeling.errors import AlreadyJudged, AppealOver, CaseDecided, TooManyAppeals
from labeling.handout import submissions
from labeling.judging import acceptance
from labeling.models import Case, ReputationEvent, Seat, Submission, Task
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
LATER = timedelta(hours=168 + 72)  # the last moment for a verdict, and the time to appeal after it


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
    monkeypatch.setattr(cases, "lock_labelers", lambda labeler_ids: None)
    monkeypatch.setattr(cases, "lock_money", lambda case: None)

    assert two_free_appeals(monkeypatch) == [Case, Case]


def refused_and_its_time(monkeypatch) -> timedelta:
    """How long after the free appeal that came first the other rejection can be appealed."""
    who, found = two_of_one_labeler()
    meet_after(monkeypatch, cases, "lock")

    at_once(
        *(
            lambda case=case: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")
            for case in found
        )
    )

    (first,), (other,) = (Case.objects.filter(state=one) for one in ("APPEALED", "STANDING"))
    return other.appealable_until - first.appealed_at


def test_who_is_refused_a_second_free_appeal_at_once_has_its_time_later(monkeypatch):
    assert refused_and_its_time(monkeypatch) >= LATER


def test_without_the_labelers_lock_its_time_runs_out(monkeypatch):
    monkeypatch.setattr(cases, "lock_labelers", lambda labeler_ids: None)

    assert refused_and_its_time(monkeypatch) < LATER


def rejected_beside_an_appeal(monkeypatch) -> timedelta:
    """How long after a free appeal an answer can be appealed that was rejected at the same time."""
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    other = house.opened(review="manual")
    house.fund(other, amount_units=5 * SEAT)
    lease = house.take(other, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    meet_after(monkeypatch, cases, "appealable_until")

    first, second = at_once(
        lambda: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right."),
        lambda: reject(other),
    )

    second.refresh_from_db()
    return second.appealable_until - first.appealed_at


def test_a_rejection_beside_a_free_appeal_can_wait_for_it(monkeypatch):
    assert rejected_beside_an_appeal(monkeypatch) >= LATER


def test_without_the_labelers_lock_it_cannot(monkeypatch):
    monkeypatch.setattr(cases, "lock_labelers", lambda labeler_ids: None)

    assert rejected_beside_an_appeal(monkeypatch) < LATER


def two_rejections_of_the_same_two(monkeypatch) -> list[Exception | int]:
    """What becomes of two calls at once that reject answers of the same two labelers, each in a
    project of its own, and of what order."""
    people, found = [house.labeler(), house.labeler()], []
    for ordered in (people, people[::-1]):
        made = house.opened(tasks=2, review="manual")
        house.fund(made, amount_units=10 * SEAT)
        for who in ordered:
            lease = house.take(made, who)
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
        found.append((made, [*made.submissions.order_by("id").values_list("pk", flat=True)]))
    why = {"reason": "wrong", "note": "It is good."}

    return at_once(
        *(
            lambda made=made, ids=ids: len(cases.open_cases(made, ids, judge=made.owner, **why))
            for made, ids in found
        )
    )


def test_two_who_reject_answers_of_the_same_people_wait_for_each_other(monkeypatch):
    assert two_rejections_of_the_same_two(monkeypatch) == [2, 2]


def test_in_the_order_of_the_answers_they_would_deadlock(monkeypatch):
    lock, meet = cases.lock_labelers, meeting()

    def one_by_one(labeler_ids):
        for labeler_id in labeler_ids:
            lock([labeler_id])
            meet()

    monkeypatch.setattr(cases, "lock_labelers", one_by_one)

    ends = two_rejections_of_the_same_two(monkeypatch)

    assert sum(isinstance(end, OperationalError) for end in ends) == 1


def fixed_beside_an_appeal(monkeypatch):
    """The ends of a look at an answer that puts it right and rejects it, and of an appeal of its
    labeler against another rejection in that project."""
    made, who = answered(tasks=2, funds=10 * SEAT)
    one, other = made.submissions.order_by("id")
    (case,) = cases.open_cases(made, [one.pk], reason="wrong", note="No.", judge=made.owner)
    Task.objects.filter(pk=other.task_id).update(state="JUDGED")
    no = reviews.Decision(is_accepted=False, reason="wrong", note="No.")
    right = {"result": house.answer(), "decision": no}
    meet_after(monkeypatch, cases, "lock_labelers")

    return at_once(
        lambda: reviews.fix(other.pk, reviewer=made.owner, **right),
        lambda: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right."),
    )


def test_an_answer_is_put_right_and_rejected_beside_an_appeal(monkeypatch):
    rejected, appealed = fixed_beside_an_appeal(monkeypatch)

    assert (rejected.state, appealed.state) == ("REJECTED", "APPEALED")
    assert rejected.case.appealable_until - appealed.appealed_at >= LATER


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
    monkeypatch.setattr(cases, "lock_labelers", lambda labeler_ids: None)
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
