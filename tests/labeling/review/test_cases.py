"""Rejections, appeals, juries and the brake, with exact money at each step."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.errors import (
    AlreadyJudged,
    AppealOver,
    CaseDecided,
    MalformedVotes,
    NoteMissing,
    NotFound,
    NotRejectable,
    RejectionsFrozen,
    TooManyAppeals,
    UnknownReason,
)
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Case, Judgement, Project, ReputationEvent, Seat, Standing, Submission
from labeling.review import appeals, cases, juries, reviews, standings, verdicts
from payments import escrow, ledger
from payments.errors import InsufficientFunds
from tests.labeling import house

pytestmark = pytest.mark.django_db
PRICE, COST = house.PRICE_UNITS, house.COST_UNITS
FEE = PRICE // 2  # of a juror, for one answer
SEAT = 2 * FEE  # at most, of a case of one answer: it and one gold


def earned(who) -> int:
    return escrow.balances(escrow.open_purse(f"person:{who.pk}")).get("EARNED", 0)


def staked(who) -> int:
    return escrow.balances(escrow.open_purse(f"person:{who.pk}")).get("HELD", 0)


def purse(made) -> tuple[int, int]:
    """What is in FUNDS and HELD."""
    balances = escrow.balances(made.purse_id)
    return balances.get("FUNDS", 0), balances.get("HELD", 0)


def answered(*, tasks: int = 1, funds: int = 0, **options):
    """A project with its tasks answered by one labeler, waiting for the requester."""
    options = {"review": Project.Review.MANUAL, **options}
    made, who = house.opened(tasks=tasks, **options), house.labeler()
    if funds:
        house.fund(made, amount_units=funds)
    for _ in range(tasks):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Bad"))
    return made, who


def reject(made, **changes) -> Case:
    ids = list(made.submissions.filter(state="SUBMITTED").values_list("pk", flat=True))
    wanted = {"reason": "wrong", "note": "It is good.", "judge": made.owner, **changes}
    (case,) = cases.open_cases(made, ids, **wanted)
    return case


def juror(made, who=None):
    """Somebody who knows the work: an answer of theirs was accepted in the project."""
    who = who or house.labeler()
    house.load_one(made)
    lease = house.take(made, who)
    done = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    reviews.accept(done.id, reviewer=made.owner)
    return who


def say(who, *, acceptable: bool) -> Seat:
    docket = juries.take(who.pk)
    votes = {one.position: acceptable or one.is_gold for one in docket.answers}
    return juries.vote(docket.seat.pk, juror_id=who.pk, votes=votes)


def state_of(case) -> str:
    case.refresh_from_db()
    return case.state


# --- Rejection --------------------------------------------------------------------------------


def test_a_rejection_locks_the_reward_and_secures_the_jury():
    made, _who = answered(funds=5 * SEAT)

    case = reject(made)

    one = Submission.objects.get()
    assert (one.state, one.case_id, case.secured_units) == ("REJECTED", case.pk, 5 * SEAT)
    assert purse(made) == (0, COST + 5 * SEAT)
    assert Judgement.objects.get().reason == "wrong: It is good."
    assert not ReputationEvent.objects.exists()


def test_a_rejection_without_money_for_a_jury_is_refused():
    made, _ = answered(funds=5 * SEAT - 1)

    with pytest.raises(InsufficientFunds):
        reject(made)

    assert Submission.objects.get().state == "SUBMITTED"
    assert Case.objects.count() == 0
    assert purse(made) == (5 * SEAT - 1, COST)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": "ugly"}, UnknownReason),
        ({"note": "  "}, NoteMissing),
        ({"reason": "gold_failed"}, NotRejectable),
    ],
)
def test_a_rejection_needs_a_reason_of_the_list_and_a_note(changes, error):
    made, _ = answered(funds=5 * SEAT)

    with pytest.raises(error):
        reject(made, **changes)

    assert (Case.objects.count(), Submission.objects.get().state) == (0, "SUBMITTED")


def test_what_is_accepted_or_foreign_is_not_rejected():
    made, _ = answered(funds=5 * SEAT)
    one = Submission.objects.get()
    other, _ = answered()

    with pytest.raises(NotFound):
        cases.open_cases(other, [one.pk], reason="wrong", note="No.", judge=other.owner)
    reviews.accept(one.pk, reviewer=made.owner)
    with pytest.raises(AlreadyJudged):
        cases.open_cases(made, [one.pk], reason="wrong", note="No.", judge=made.owner)

    assert Case.objects.count() == 0


def test_many_answers_of_one_labeler_are_one_case(settings):
    settings.STIPEND_CASE_SAMPLE = 5
    made, _ = answered(tasks=7, funds=5 * 6 * FEE)

    case = reject(made)

    assert case.submissions.count() == 7
    assert len(cases.sample(case)) == 5
    assert cases.sample(case) == cases.sample(case)


# --- Without an appeal --------------------------------------------------------------------------


def test_in_time_nothing_is_final_and_after_it_the_money_is_the_requesters():
    made, _who = answered(funds=5 * SEAT)
    case = reject(made)
    assert cases.lapse() == 0

    Case.objects.update(appealable_until=timezone.now())
    assert cases.lapse() == 1
    assert cases.lapse() == 0

    assert (state_of(case), Submission.objects.get().state) == ("LAPSED", "FORFEITED")
    assert purse(made) == (COST + 5 * SEAT, 0)
    assert list(ReputationEvent.objects.values_list("kind", "wrong")) == [("rejected", 1.0)]


def test_only_so_many_rejections_a_day_count(settings):
    settings.STIPEND_REJECTIONS_A_DAY = 2
    made, _ = answered(tasks=4, funds=5 * 5 * FEE)
    reject(made)

    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()

    weights = list(ReputationEvent.objects.order_by("id").values_list("wrong", flat=True))
    assert weights == [1, 1, 0, 0]


def test_a_case_whose_answers_were_all_accepted_ends_at_once():
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    reviews.accept(Submission.objects.get().pk, reviewer=made.owner)

    assert cases.lapse() == 1

    assert (state_of(case), earned(who)) == ("OVERTURNED", PRICE)
    assert purse(made) == (5 * SEAT, 0)


# --- Thinking again -----------------------------------------------------------------------------


def test_the_requester_thinks_again_before_it_is_final():
    made, who = answered(funds=5 * SEAT)
    case = reject(made)

    cases.overturn(case.pk, judge=made.owner)
    cases.overturn(case.pk, judge=made.owner)

    assert (state_of(case), Submission.objects.get().state, earned(who)) == (
        "OVERTURNED",
        "ACCEPTED",
        PRICE,
    )
    assert purse(made) == (5 * SEAT, 0)


def test_a_final_rejection_is_funded_anew_for_thirty_days():
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()

    cases.overturn(case.pk, judge=made.owner)

    assert (state_of(case), earned(who)) == ("OVERTURNED", PRICE)
    assert purse(made) == (5 * SEAT, 0)
    kinds = ReputationEvent.objects.order_by("id").values_list("kind", "right", "wrong")
    assert list(kinds) == [("rejected", 0, 1), ("overturned", 1, -1)]


def test_after_thirty_days_it_stays():
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()
    Case.objects.update(decided_at=timezone.now() - timedelta(days=31))

    with pytest.raises(CaseDecided):
        cases.overturn(case.pk, judge=made.owner)

    assert (state_of(case), earned(who)) == ("LAPSED", 0)


# --- Appeals ----------------------------------------------------------------------------------


def test_an_appeal_needs_no_money_but_one_at_a_time():
    made, who = answered(tasks=2, funds=10 * SEAT)
    why = {"reason": "wrong", "note": "No.", "judge": made.owner}
    case, another = (
        cases.open_cases(made, [one.pk], **why)[0] for one in made.submissions.order_by("id")
    )

    appeals.appeal(case.pk, labeler_id=who.pk, note="It is bad indeed.")
    appeals.appeal(case.pk, labeler_id=who.pk, note="Twice is once.")

    assert (state_of(case), case.stake_units, case.appeal_note) == (
        "APPEALED",
        0,
        "It is bad indeed.",
    )
    assert Submission.objects.get(case=case).state == "APPEALED"
    with pytest.raises(TooManyAppeals):
        appeals.appeal(another.pk, labeler_id=who.pk, note="This too.")
    assert state_of(another) == "STANDING"


def test_who_has_earned_something_puts_it_at_stake():
    made, who = answered(funds=5 * SEAT)
    ledger.deposit(made.purse_id, key="more", amount_units=COST)
    house.load_one(made)
    lease = house.take(made, who)
    done = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    reviews.accept(done.id, reviewer=made.owner)
    case = reject(made)

    appeals.appeal(case.pk, labeler_id=who.pk, note="It is bad indeed.")

    assert (earned(who), staked(who)) == (0, PRICE)  # three seats would cost 150,000
    case.refresh_from_db()
    assert case.stake_units == PRICE


def test_others_and_latecomers_do_not_appeal():
    made, who = answered(funds=5 * SEAT)
    case = reject(made)

    with pytest.raises(NotFound):
        appeals.appeal(case.pk, labeler_id=house.labeler().pk, note="Let me.")
    with pytest.raises(NoteMissing):
        appeals.appeal(case.pk, labeler_id=who.pk, note=" ")
    Case.objects.update(appealable_until=timezone.now() - timedelta(hours=1))
    with pytest.raises(AppealOver):
        appeals.appeal(case.pk, labeler_id=who.pk, note="Too late.")

    assert state_of(case) == "STANDING"


# --- Juries -----------------------------------------------------------------------------------


def contested(*, tasks: int = 1, jurors: int = 3):
    """A case before its jury."""
    made, who = answered(tasks=tasks, funds=5 * (tasks + 1) * FEE)
    people = [juror(made) for _ in range(jurors)]
    case = appeals.appeal(reject(made).pk, labeler_id=who.pk, note="It is right.")
    return made, who, case, people


def test_three_who_find_it_acceptable_pay_the_labeler_at_the_requesters_cost():
    made, who, case, people = contested()
    before = purse(made)

    for one in people:
        say(one, acceptable=True)
    assert verdicts.decide() == 1
    assert verdicts.decide() == 0

    assert (state_of(case), earned(who)) == ("OVERTURNED", PRICE)
    assert [earned(one) for one in people] == [PRICE + 2 * FEE] * 3
    assert purse(made) == (before[0] + 5 * SEAT - 3 * SEAT, before[1] - COST - 5 * SEAT)
    moves = ReputationEvent.objects.filter(labeler=who)
    assert list(moves.values_list("kind", flat=True)) == ["overturned"]


def test_three_who_find_the_rejection_right_make_it_final():
    _made, who, case, people = contested()

    for one in people:
        say(one, acceptable=False)
    verdicts.decide()

    assert (state_of(case), earned(who), Submission.objects.get(case=case).state) == (
        "UPHELD",
        0,
        "FORFEITED",
    )
    assert [earned(one) for one in people] == [PRICE + 2 * FEE] * 3


def test_the_stake_of_who_loses_pays_the_jury_first():
    made, who, case, people = contested()
    Case.objects.filter(pk=case.pk).update(stake_units=2 * FEE)
    purse_id = escrow.open_purse(f"person:{who.pk}")
    ledger.deposit(purse_id, key="stake", amount_units=2 * FEE)
    escrow.hold(purse_id, key="stake:test", amount_units=2 * FEE)
    funds, _ = purse(made)

    for one in people:
        say(one, acceptable=False)
    verdicts.decide()

    assert (staked(who), [earned(one) for one in people]) == (0, [PRICE + 2 * FEE] * 3)
    assert purse(made)[0] == funds + 5 * SEAT - (3 * SEAT - 2 * FEE) + COST


def test_a_split_jury_is_joined_by_two_more():
    _made, who, case, people = contested(jurors=5)

    for one, acceptable in zip(people[:3], [True, False, True], strict=True):
        say(one, acceptable=acceptable)
    assert verdicts.decide() == 0
    for one, acceptable in zip(people[3:], [False, True], strict=True):
        say(one, acceptable=acceptable)
    assert verdicts.decide() == 1

    assert (state_of(case), earned(who), case.seats_count) == ("OVERTURNED", PRICE, 5)


def test_no_more_jurors_sit_than_are_needed():
    _, _, _, people = contested(jurors=4)

    seats = [juries.take(one.pk) for one in people]

    assert [seat is not None for seat in seats] == [True, True, True, False]
    assert juries.take(people[0].pk).seat.pk == seats[0].seat.pk


def test_nobody_judges_in_their_own_matter_or_without_knowing_the_work():
    made, who, _case, _ = contested(jurors=0)

    for person in (who, made.owner, house.labeler()):
        assert juries.take(person.pk) is None

    assert Seat.objects.count() == 0


def test_a_juror_answers_for_every_answer_and_in_time():
    _, _, _, (one,) = contested(jurors=1)
    docket = juries.take(one.pk)

    with pytest.raises(MalformedVotes):
        juries.vote(docket.seat.pk, juror_id=one.pk, votes={})
    with pytest.raises(NotFound):
        juries.vote(docket.seat.pk, juror_id=house.labeler().pk, votes={1: True})
    Seat.objects.update(leased_until=timezone.now())
    assert juries.expire() == 1

    assert Seat.objects.get().state == "EXPIRED"


# --- The brake --------------------------------------------------------------------------------


def test_an_abnormal_share_of_rejections_freezes_until_an_admin_looks(settings):
    settings.STIPEND_BRAKE_REJECTIONS = 2
    made, _ = answered(tasks=3, funds=20 * SEAT)
    first, second, third = made.submissions.order_by("id").values_list("pk", flat=True)
    why = {"reason": "wrong", "note": "No.", "judge": made.owner}
    cases.open_cases(made, [first, second], **why)

    with pytest.raises(RejectionsFrozen):
        cases.open_cases(made, [third], **why)
    standing = Standing.objects.get()
    assert standing.frozen_at is not None
    assert standing.why == "3 of 3 answers rejected within a day."
    assert Submission.objects.get(state="SUBMITTED").pk == third

    standings.thaw(standing, admin=house.requester())
    cases.open_cases(made, [third], **why)

    assert Case.objects.count() == 2


def test_a_brake_of_no_share_stops_whatever_is_more_than_a_few(settings):
    settings.STIPEND_BRAKE_REJECTIONS, settings.STIPEND_BRAKE_PERCENT = 0, 0
    made, _ = answered(tasks=1, funds=20 * SEAT)

    with pytest.raises(RejectionsFrozen):
        reject(made)


def test_a_few_each_day_are_seen_within_a_month(settings):
    settings.STIPEND_BRAKE_REJECTIONS = 2
    made, _ = answered(tasks=3, funds=20 * SEAT)
    first, second, third = made.submissions.order_by("id").values_list("pk", flat=True)
    why = {"reason": "wrong", "note": "No.", "judge": made.owner}
    cases.open_cases(made, [first, second], **why)
    Case.objects.update(created_at=timezone.now() - timedelta(days=20))

    with pytest.raises(RejectionsFrozen):
        cases.open_cases(made, [third], **why)

    assert Standing.objects.get().why == "3 of 3 answers rejected within 30 days."
    assert Submission.objects.get(pk=third).state == "SUBMITTED"
    standings.thaw(Standing.objects.get(), admin=house.requester())
    cases.open_cases(made, [third], **why)


def test_what_was_rejected_long_ago_is_forgotten(settings):
    settings.STIPEND_BRAKE_REJECTIONS = 2
    made, _ = answered(tasks=3, funds=20 * SEAT)
    first, second, third = made.submissions.order_by("id").values_list("pk", flat=True)
    why = {"reason": "wrong", "note": "No.", "judge": made.owner}
    cases.open_cases(made, [first, second], **why)
    Case.objects.update(created_at=timezone.now() - timedelta(days=31))

    cases.open_cases(made, [third], **why)

    assert not Standing.objects.filter(frozen_at__isnull=False).exists()


def test_few_rejections_among_many_acceptances_are_no_abuse(settings):
    settings.STIPEND_BRAKE_REJECTIONS = 0
    made, _ = answered(tasks=10, funds=20 * SEAT)
    ids = list(Submission.objects.order_by("id").values_list("pk", flat=True))
    for pk in ids[:7]:
        reviews.accept(pk, reviewer=made.owner)

    (case,) = cases.open_cases(made, ids[7:], reason="wrong", note="No.", judge=made.owner)

    assert case.submissions.count() == 3
    assert quality.judge() == 10
