"""What measures a juror is more than one person's word."""

import pytest
from django.utils import timezone

from labeling.judging import audits
from labeling.models import Case, Membership, ReputationEvent, Task
from labeling.review import cases, juries, precedents, reviews, verdicts
from people.models import User
from tests.labeling import house, queue, school
from tests.labeling.review.test_juries import before_a_jury, contested, known, say

pytestmark = pytest.mark.django_db


def given_by(made, who: User):
    return made.submissions.get(labeler=who)


def reject_for_good(made, people: list[User]) -> None:
    """Their answers are rejected, and none of them appeals."""
    ids = list(made.submissions.filter(labeler__in=people).values_list("pk", flat=True))
    cases.open_cases(made, ids, reason="wrong", note="No.", judge=made.owner)
    Case.objects.filter(state="STANDING").update(appealable_until=timezone.now())
    assert cases.lapse() == len(people)


def test_what_a_requester_put_right_is_no_consensus_of_three():
    made, people, case, (juror,) = before_a_jury("Good", "Good", "Good")

    reviews.fix(given_by(made, people[0]).pk, reviewer=made.owner, result=house.answer("Bad"))

    assert known(juror) == []
    say(juror, known_is_acceptable=True)
    assert juries.is_counted(case.seats.get())
    assert not ReputationEvent.objects.filter(labeler=juror).exists()


def test_what_was_bound_as_gold_is_no_consensus_of_three():
    _, _, _, (juror,) = before_a_jury("Good", "Good", "Good", "Bad")
    Task.objects.filter(done_count=4).update(consensus_by="gold", confidence=1)

    assert known(juror) == []


def test_what_is_left_when_the_others_were_rejected_is_no_consensus_of_three():
    skill, juror = school.skill(), house.labeler()
    made, people = queue.answered("Good", "Good", "Bad", skill=skill)
    Membership.objects.filter(project=made, labeler=people[2]).update(right=60, wrong=0)
    reject_for_good(made, people[:2])
    audits.of_project(made)
    task = Task.objects.get()
    assert (task.confidence >= precedents.SURE, task.done_count) == (True, 3)
    school.passed(skill, juror)
    contested(made)

    assert known(juror) == []


def test_three_of_whom_one_outweighs_the_others_do_not_agree():
    made, people, _, (juror,) = before_a_jury("Good", "Good", "Bad")
    task = Task.objects.get(done_count=3)
    made.submissions.filter(task=task).update(score=0)
    made.submissions.filter(labeler=people[2]).update(score=1)
    Task.objects.filter(pk=task.pk).update(confidence=0.99)

    assert known(juror) == []


def test_what_another_labeler_sees_otherwise_a_person_alone_found_right():
    made, people, _, (juror,) = before_a_jury("Good", "Bad")

    reviews.accept(given_by(made, people[0]).pk, reviewer=made.owner)

    assert known(juror) == []


def test_what_another_labeler_agreed_with_until_it_was_rejected_a_person_alone_found_right():
    made, people, _, (juror,) = before_a_jury("Good", "Good")
    reviews.accept(given_by(made, people[0]).pk, reviewer=made.owner)

    reject_for_good(made, people[1:])

    assert known(juror) == []


def test_when_nobody_else_stands_by_it_any_more_it_costs_no_reputation():
    made, people, case, (juror,) = before_a_jury("Good", "Good")
    one = given_by(made, people[0])
    reviews.accept(one.pk, reviewer=made.owner)
    assert known(juror) == [one]

    reject_for_good(made, people[1:])
    say(juror, known_is_acceptable=False)

    assert not juries.is_counted(case.seats.get())
    assert not ReputationEvent.objects.filter(labeler=juror).exists()


def single_and_judged(jurors: int):
    """A project of one answer a task, of which a known one was accepted, with a contested one."""
    made, people, case, peers = before_a_jury("Good", jurors=jurors)
    reviews.accept(given_by(made, people[0]).pk, reviewer=made.owner)
    return made, case, peers


def vote(who: User, *, acceptable: bool, is_met: bool) -> None:
    """What they say of the contested answer, and whether they see the known one as it is."""
    docket = juries.take(who.pk)
    votes = {
        one.position: one.was_acceptable == is_met if one.is_gold else acceptable
        for one in docket.answers
    }
    juries.vote(docket.seat.pk, juror_id=who.pk, votes=votes)


def tried(case: Case, *, is_acceptable: bool) -> list[int]:
    found = precedents._tried(case.submissions.all(), is_acceptable=is_acceptable)
    return list(found.values_list("pk", flat=True))


def test_what_five_said_who_missed_the_known_case_is_not_known():
    _, case, peers = single_and_judged(jurors=5)

    for peer in peers:
        vote(peer, acceptable=True, is_met=False)

    assert verdicts.decide() == 1
    case.refresh_from_db()
    assert (case.state, case.seats_count, case.jury_state) == ("OVERTURNED", 5, "")
    assert tried(case, is_acceptable=True) == []


@pytest.mark.parametrize("is_met", [True, False])
def test_only_who_met_the_known_case_is_of_a_mind(is_met):
    _, case, (careless, *peers) = single_and_judged(jurors=6)

    vote(careless, acceptable=False, is_met=is_met)
    for peer in peers[: 4 if is_met else 3]:
        vote(peer, acceptable=True, is_met=True)

    assert verdicts.decide() == 1
    case.refresh_from_db()
    assert case.jury_state == "OVERTURNED"
    agreed = [one.pk for one in case.submissions.all()]
    assert tried(case, is_acceptable=True) == ([] if is_met else agreed)
