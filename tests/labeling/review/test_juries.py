"""The known case among those of a jury: what it is, and whose votes it counts out."""

from dataclasses import replace

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.crowd import reputation
from labeling.crowd.reputation import Event
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Case, Project, ReputationEvent, Seat, Submission, Vote
from labeling.orders import projects
from labeling.review import appeals, cases, juries, reviewers, reviews, verdicts
from payments import wallets
from payments.chain.wallet import Wallet
from people.models import ProvedWallet, User
from tests.labeling import answers_given, house, queue, school
from tests.labeling.review.test_cases import FEE, earned

pytestmark = pytest.mark.django_db
SURE = ("Good", "Good", "Good", "Good", "Bad")  # 64 to 1
WALLET = Wallet(5).address
UNSURE = ("Good", "Good", "Bad")  # 4 to 1


def before_a_jury(*choices: str, jurors: int = 1):
    """A project with one judged task, a contested answer to another, and people of its skill."""
    skill = school.skill()
    made, people = queue.answered(*choices, skill=skill)
    peers = [house.labeler() for _ in range(jurors)]
    for peer in peers:
        school.passed(skill, peer)
    return made, people, contested(made), peers


def contested(made: Project) -> Case:
    """An answer to one more task of the project, rejected and appealed."""
    house.load_one(made)
    who = house.labeler()
    lease = house.take(made, who)
    done = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Bad"))
    (case,) = cases.open_cases(made, [done.id], reason="wrong", note="No.", judge=made.owner)
    return appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")


def able(made: Project, who: User) -> None:
    """They have the project's skill by a test."""
    school.passed(made.skill, who)


def drawn(juror: User) -> list[Submission]:
    """What is known in 40 draws."""
    lots = []
    for _ in range(40):
        lots += known(juror)
        juries.rise(juror.pk)
        Vote.objects.filter(seat__juror=juror).delete()
        Seat.objects.filter(juror=juror).delete()
    return lots


def known(who: User) -> list[Submission]:
    """The known ones among what this juror is shown."""
    docket = juries.take(who.pk)
    assert len(docket.answers) == 1 + sum(vote.is_gold for vote in docket.answers)
    assert docket.fee_units == len(docket.answers) * FEE
    return [vote.submission for vote in docket.answers if vote.is_gold]


def say(who: User, *, known_is_acceptable: bool) -> None:
    """The contested answer is acceptable to this juror."""
    docket = juries.take(who.pk)
    votes = {
        vote.position: known_is_acceptable if vote.is_gold else True for vote in docket.answers
    }
    juries.vote(docket.seat.pk, juror_id=who.pk, votes=votes)


def test_what_most_agree_on_for_sure_is_known():
    _, people, _, (juror,) = before_a_jury(*SURE)

    (one,) = known(juror)

    assert (one.labeler, one.score) == (people[-1], 0)


def test_a_right_answer_is_known_when_it_is_accepted():
    made, people, _, (juror,) = before_a_jury(*SURE)
    given = {one.labeler_id: one.pk for one in made.submissions.all()}
    reviews.accept(given[people[0].pk], reviewer=made.owner)
    reviews.accept(given[people[-1].pk], reviewer=made.owner)  # whatever the others said

    (one,) = known(juror)

    assert (one.labeler, one.score) == (people[0], 1)


def test_a_matter_of_opinion_is_not_known():
    _, _, _, (juror,) = before_a_jury(*UNSURE)

    assert known(juror) == []


def test_what_another_labeler_and_a_person_find_right_is_known():
    made, people, _, (juror,) = before_a_jury("Good", "Good")
    given = {one.labeler_id: one.pk for one in made.submissions.all()}
    reviews.accept(given[people[0].pk], reviewer=made.owner)

    (one,) = known(juror)

    assert (one.pk, one.state) == (given[people[0].pk], "ACCEPTED")


def test_at_one_answer_a_task_what_a_person_took_is_known_and_costs_no_reputation():
    made, people, case, jurors = before_a_jury("Good", jurors=3)
    given = {one.labeler_id: one.pk for one in made.submissions.all()}
    reviews.accept(given[people[0].pk], reviewer=made.owner)
    careless, *careful = jurors

    (one,) = known(careless)
    assert one.pk == given[people[0].pk]
    say(careless, known_is_acceptable=False)
    for juror in careful:
        say(juror, known_is_acceptable=True)

    counted = {seat.juror_id: juries.is_counted(seat) for seat in case.seats.all()}
    assert counted == {careless.pk: False, **{juror.pk: True for juror in careful}}
    assert not ReputationEvent.objects.filter(labeler__in=jurors, kind__startswith="gold").exists()


@pytest.mark.parametrize("is_acceptable", [False, True])
def test_at_one_answer_a_task_what_a_jury_was_of_one_mind_about_is_known(is_acceptable):
    made, _, case, jurors = before_a_jury("Good", jurors=4)
    *peers, careless = jurors
    for peer in peers:
        docket = juries.take(peer.pk)
        votes = dict.fromkeys((vote.position for vote in docket.answers), is_acceptable)
        juries.vote(docket.seat.pk, juror_id=peer.pk, votes=votes)
    assert verdicts.decide() == 1
    quality.judge()

    other = contested(made)

    (one,) = known(careless)
    assert one.case == case
    say(careless, known_is_acceptable=not is_acceptable)
    assert [juries.is_counted(seat) for seat in other.seats.all()] == [False]
    assert not ReputationEvent.objects.filter(labeler=careless, kind__startswith="gold").exists()


def test_a_jury_of_two_minds_makes_nothing_known():
    made, _, _, jurors = before_a_jury("Good", jurors=6)
    *peers, juror = jurors
    for number, peer in enumerate(peers):
        docket = juries.take(peer.pk)
        votes = dict.fromkeys((vote.position for vote in docket.answers), number > 0)
        juries.vote(docket.seat.pk, juror_id=peer.pk, votes=votes)
    assert verdicts.decide() == 1

    contested(made)

    assert known(juror) == []


def test_where_no_person_has_accepted_anything_nothing_is_known():
    _, _, _, (juror,) = before_a_jury("Good")

    assert known(juror) == []


def test_what_is_contested_itself_or_answered_by_the_juror_is_not_known():
    made, people, _, (juror,) = before_a_jury(*SURE)
    given = {one.labeler_id: one.pk for one in made.submissions.all()}
    cases.open_cases(made, [given[people[-1].pk]], reason="wrong", note="No.", judge=made.owner)
    reviews.accept(given[people[0].pk], reviewer=made.owner)
    able(made, people[1])

    assert known(people[1]) == []
    assert [one.labeler for one in known(juror)] == [people[0]]


@pytest.mark.broken_book  # nobody funded the gold
@pytest.mark.parametrize("score", [0.0, 1.0])
def test_gold_is_known_before_all_else(score):
    made, people, _, (juror,) = before_a_jury(*SURE)
    given = {one.labeler_id: one.pk for one in made.submissions.all()}
    if score:  # what is sure is known to be right, too
        reviews.accept(given[people[0].pk], reviewer=made.owner)
    else:
        reviews.accept(given[people[-1].pk], reviewer=made.owner)
    (gold,) = answers_given.answers(made, house.labeler(), count=1)
    Submission.objects.filter(pk=gold.pk).update(is_gold=True, score=score)

    assert gold in drawn(juror)


def test_a_wrong_answer_is_drawn_as_well_as_a_right_one():
    made, people, _, (juror,) = before_a_jury(*SURE)
    given = {one.labeler_id: one.pk for one in made.submissions.all()}
    reviews.accept(given[people[0].pk], reviewer=made.owner)

    assert {one.score for one in drawn(juror)} == {0, 1}


@pytest.mark.broken_book  # nobody funded the gold
def test_gold_half_met_is_asked_of_nobody():
    made, _, _, (juror,) = before_a_jury(*UNSURE)
    (gold,) = answers_given.answers(made, house.labeler(), count=1)
    Submission.objects.filter(pk=gold.pk).update(is_gold=True, score=0.6)

    assert known(juror) == []


def test_who_misses_the_known_case_is_paid_and_not_counted():
    _, _, case, jurors = before_a_jury(*SURE, jurors=4)
    careless, *careful = jurors

    say(careless, known_is_acceptable=True)
    for one in careful[:2]:
        say(one, known_is_acceptable=False)
    waiting = verdicts.decide()
    say(careful[2], known_is_acceptable=False)

    assert (waiting, verdicts.decide()) == (0, 1)
    case.refresh_from_db()
    assert (case.state, case.seats_count) == ("OVERTURNED", 4)
    assert [earned(one) for one in jurors] == [2 * FEE] * 4
    assert quality.judge() == 0
    moved = ReputationEvent.objects.filter(labeler__in=jurors).order_by("labeler_id")
    assert list(moved.values_list("kind", "right", "wrong", "submission")) == [
        ("gold_wrong", 0, 1, None),
        *[("gold_right", 1, 0, None)] * 3,
    ]


def test_a_juror_is_measured_by_what_was_known_when_it_was_drawn():
    made, people, case, (juror,) = before_a_jury(*SURE)
    assert known(juror) == [made.submissions.get(labeler=people[-1])]
    projects.change(made, accept_score=0)  # by which the worst answer is right

    say(juror, known_is_acceptable=False)

    assert juries.is_counted(case.seats.get())
    assert ReputationEvent.objects.get(labeler=juror).kind == "gold_right"


@pytest.mark.broken_book  # nobody funded the gold
def test_gold_that_turns_out_doubtful_measures_nobody_and_is_drawn_no_more():
    made, _, case, (juror, other) = before_a_jury(*UNSURE, jurors=2)
    (gold,) = answers_given.answers(made, house.labeler(), count=1)
    Submission.objects.filter(pk=gold.pk).update(is_gold=True, score=0)
    assert known(juror) == [gold]
    mark = Event(labeler_id=gold.labeler_id, skill_id=None, kind="gold_withdrawn", wrong=-1.0)
    reputation.record([replace(mark, submission_id=gold.pk)])

    say(juror, known_is_acceptable=True)

    assert juries.is_counted(case.seats.get())
    assert known(other) == []


def test_who_keeps_missing_the_known_case_is_asked_no_more():
    _, _, _, (careless,) = before_a_jury(*SURE)
    miss = Event(labeler_id=careless.pk, skill_id=None, kind="gold_wrong", wrong=1.0)
    reputation.record([miss])
    assert juries.take(careless.pk) is not None

    say(careless, known_is_acceptable=True)

    assert reputation.score(careless.pk) < juries.REPUTATION_LEAST
    before_a_jury(*SURE, jurors=0)
    assert juries.take(careless.pk) is None


def test_the_same_votes_again_are_harmless_and_others_are_refused():
    _, _, _, (juror, stranger) = before_a_jury(*SURE, jurors=2)
    docket = juries.take(juror.pk)
    votes = {vote.position: True for vote in docket.answers}
    client, path = APIClient(), f"/api/v1/jury/{docket.seat.pk}/vote/"
    client.force_authenticate(juror)

    def sent(*said):
        rows = [{"answer": number, "acceptable": acceptable} for number, acceptable in said]
        answer = client.post(path, {"votes": rows})
        return answer.status_code, answer.json().get("code")

    assert sent(*votes.items(), (1, False)) == (400, "malformed_votes")
    assert Seat.objects.get(pk=docket.seat.pk).state == "LIVE"
    assert [sent(*votes.items()) for _ in range(2)] == [(200, None)] * 2
    assert sent(*((number, False) for number in votes)) == (409, "already_voted")
    assert sent((1, True)) == (409, "already_voted")
    assert set(docket.seat.votes.values_list("is_acceptable", flat=True)) == {True}
    client.force_authenticate(stranger)
    assert sent(*votes.items()) == (404, "not_found")


def test_fewer_than_three_who_met_the_known_case_decide_nothing_against_a_labeler():
    made, _, case, jurors = before_a_jury(*SURE, jurors=5)
    for number, one in enumerate(jurors):
        docket = juries.take(one.pk)
        votes = {vote.position: vote.is_gold and number < 3 for vote in docket.answers}
        juries.vote(docket.seat.pk, juror_id=one.pk, votes=votes)  # the known one is not acceptable

    assert verdicts.decide() == 1

    case.refresh_from_db()
    assert (case.state, case.seats_count, earned(case.labeler)) == ("OVERTURNED", 5, 50_000)
    assert [earned(one) for one in jurors] == [2 * FEE] * 5
    assert made.submissions.get(case=case).state == "ACCEPTED"


def test_nobody_with_a_part_in_it_is_called_however_skilled():
    made, _, case, (peer,) = before_a_jury(*UNSURE)
    reviewer, former = house.labeler(), house.labeler()
    reviewers.add(made, username=reviewer.username)
    case.judge = former
    case.save()

    for one in (made.owner, case.labeler, reviewer, former):
        able(made, one)
        assert juries.take(one.pk) is None

    assert juries.take(peer.pk) is not None


@pytest.mark.parametrize("part", ["labeler", "owner", "judge", "reviewer"])
def test_nobody_with_a_part_in_it_is_called_under_a_second_name(part):
    made, _, case, (peer, second) = before_a_jury(*UNSURE, jurors=2)
    case.judge = house.labeler()
    case.save()
    reviewer = house.labeler()
    reviewers.add(made, username=reviewer.username)
    concerned = {
        "labeler": case.labeler,
        "owner": made.owner,
        "judge": case.judge,
        "reviewer": reviewer,
    }
    ProvedWallet.objects.create(user=concerned[part], address=WALLET)
    wallets.name(f"person:{second.pk}", WALLET)

    assert juries.take(second.pk) is None
    assert juries.take(peer.pk) is not None


def test_nobody_has_two_seats_under_two_names():
    _, _, case, (peer, second, third) = before_a_jury(*UNSURE, jurors=3)
    for who, proved_at in ((peer, timezone.now()), (second, None)):
        who.email, who.mail_proved_at = "one@example.org", proved_at
        who.save()

    dockets = [juries.take(who.pk) for who in (peer, second, third)]

    assert [docket is not None for docket in dockets] == [True, False, True]
    assert case.seats.count() == 2


def test_who_reviews_for_that_requester_elsewhere_is_not_called():
    made, _, _, (peer,) = before_a_jury(*UNSURE)
    reviewers.add(house.project(made.owner), username=peer.username)

    assert juries.take(peer.pk) is None


def test_who_has_answered_the_same_is_not_asked_about_it():
    made, _, case, (peer,) = before_a_jury(*UNSURE)
    lease = house.take(made, peer)
    submissions.submit(lease.id, labeler_id=peer.pk, result=house.answer())
    assert case.submissions.get().task_id == lease.task_id

    assert juries.take(peer.pk) is None
