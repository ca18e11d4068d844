"""Who is called to a jury, and what a seat is paid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.handout import submissions
from labeling.models import Case, Membership
from labeling.review import appeals, cases, juries, reviews, verdicts
from people.models import User
from tests.labeling import house
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


def appealed(made, who) -> Case:
    return appeals.appeal(reject(made).pk, labeler_id=who.pk, note="It is right.")


def worked_on_by(peer: User, *, tasks: int = 1, known: int = 1) -> Case:
    """A contested case of so many answers; the peer had answers to some of its tasks accepted."""
    made, who = answered(tasks=tasks, overlap=2, funds=5 * (tasks + 1) * SEAT)
    for _ in range(known):
        lease = house.take(made, peer)
        done = submissions.submit(lease.id, labeler_id=peer.pk, result=house.answer())
        reviews.accept(done.id, reviewer=made.owner)
    return appealed(made, who)


def drawn_like(case: Case, *, task_id: int, is_sampled: bool) -> Case:
    """The case as if it had been appealed a moment later, so that the task's answer is sampled, or
    not."""
    one = case.submissions.get(task=task_id)
    while (one.pk in cases.sample(case)) != is_sampled:
        case.appealed_at += timedelta(microseconds=1)
    case.save()
    return case


@pytest.mark.parametrize("tasks", [1, 3])
def test_a_batch_that_a_peer_worked_on_hides_no_other_from_them(monkeypatch, tasks):
    monkeypatch.setattr(juries, "LOOKED_AT", 1)
    peer = house.labeler()
    known = [worked_on_by(peer, tasks=tasks) for _ in range(3)]
    made, who = answered(funds=5 * SEAT)
    juror(made, peer)
    case = appealed(made, who)

    docket = juries.take(peer.pk)

    assert docket is not None
    assert docket.case == case
    assert not any(one.seats.exists() for one in known)


@pytest.mark.parametrize("is_sampled", [True, False])
def test_of_a_sampled_case_who_knows_what_is_not_sampled_is_a_juror(settings, is_sampled):
    settings.STIPEND_CASE_SAMPLE = 2
    peer, other = house.labeler(), house.labeler()
    case = worked_on_by(peer, tasks=4)
    juror(case.project, other)
    (mine,) = peer.submissions.values_list("task", flat=True)
    drawn_like(case, task_id=mine, is_sampled=is_sampled)
    juries.take(other.pk)  # what is shown to one is shown to all

    assert (juries.take(peer.pk) is None) == is_sampled


def test_a_case_whose_seats_are_all_taken_hides_no_other(monkeypatch):
    monkeypatch.setattr(juries, "LOOKED_AT", 1)
    _, _, _, people = contested(jurors=4)
    made, who = answered(funds=5 * SEAT)
    juror(made, people[3])
    case = appealed(made, who)
    for one in people[:3]:
        assert juries.take(one.pk).case != case

    assert juries.take(people[3].pk).case == case


@pytest.mark.parametrize("known", [1, 12])
def test_what_a_peer_worked_on_costs_their_next_seat_no_statement(
    django_assert_max_num_queries, known
):
    peer = house.labeler()
    for _ in range(known):
        worked_on_by(peer)

    with django_assert_max_num_queries(4):
        assert juries.take(peer.pk) is None


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
