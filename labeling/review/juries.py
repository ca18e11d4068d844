"""Peers judge a contested rejection, blind and paid, with a known case among theirs.

Promises: nobody judges in their own matter, nor under a second name that we can see; three who
agree decide, otherwise five; a juror who misses the known case (`precedents`) is paid and not
counted (`verdicts`), and their reputation falls, if the case was known well enough. Lock order:
case, seat, reputation.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from labeling.crowd import doubles, reputation
from labeling.crowd.reputation import Event
from labeling.errors import AlreadyVoted, MalformedVotes, NotFound, SeatTaken
from labeling.models import (
    Case,
    Grant,
    Membership,
    ReputationEvent,
    Reviewer,
    Seat,
    Submission,
    Vote,
)
from labeling.review import appeals, cases, precedents

REPUTATION_LEAST = 0.6  # of a juror
LOOKED_AT = 100  # waiting cases, for one juror; each without a seat for them costs 8 statements
State = Case.State
ANSWER = Submission.State
Kind = ReputationEvent.Kind


@dataclass(frozen=True)
class Docket:
    """What a juror is shown, without names: `answers` in the order of their votes."""

    seat: Seat
    case: Case
    answers: list[Vote]
    fee_units: int


# --- Seats ------------------------------------------------------------------------------------


def take(juror_id: int) -> Docket | None:
    """The case that this person judges now, theirs already or a waiting one; None without one."""
    expire()
    if (held := _held(juror_id)) is not None:
        return _docket(held)
    if reputation.score(juror_id) < REPUTATION_LEAST:
        return None
    for case_id in list(open_to(juror_id).values_list("pk", flat=True)[:LOOKED_AT]):
        try:
            seat = _sit(case_id, juror_id)
        except IntegrityError:  # seated elsewhere meanwhile, by another request of theirs
            seat = _held(juror_id)
        if seat is not None:
            return _docket(seat)
    return None


def _held(juror_id: int) -> Seat | None:
    return Seat.objects.filter(juror=juror_id, state=Seat.State.LIVE).first()


def open_to(juror_id: int) -> QuerySet[Case]:
    """Contested cases that are none of this person's business otherwise, the oldest first.

    Jurors know the work, and they are not barred from it. They review nothing of that requester's.
    Whoever had a seat on a case has no other one there. Left out is also where all of the first
    seats are taken just now, and where they gave an answer to a task themselves that is judged;
    what is drawn of a large case is known when its first juror sits.
    """
    reviews = Reviewer.objects.filter(user=juror_id, project__owner=OuterRef("project__owner"))
    barred = Membership.objects.filter(
        labeler=juror_id, barred_at__isnull=False, project=OuterRef("project")
    )
    seated = Seat.objects.filter(juror=juror_id, case=OuterRef("pk"))
    contested = Case.objects.filter(state=State.APPEALED, appealed_at__gte=_oldest()).exclude(
        Q(labeler=juror_id) | Q(project__owner=juror_id) | Q(judge=juror_id)
    )
    live = Seat.objects.filter(case=OuterRef("pk"), state=Seat.State.LIVE)
    is_full = Exists(live[appeals.FIRST_SEATS - 1 :])
    free = contested.filter(_knows(juror_id), ~Exists(reviews), ~Exists(barred), ~Exists(seated))
    return free.filter(~is_full, ~_has_answered(juror_id)).order_by("appealed_at")


def _has_answered(juror_id: int) -> Q:
    """True of cases in which this person gave an answer to a task themselves that is judged: to any
    one of a small case, of a large one to those that were shown to a juror."""
    own = Submission.objects.filter(labeler=juror_id)
    answers = Submission.objects.filter(case=OuterRef("pk"), state__in=precedents.CONTESTED)
    is_large = Exists(answers[settings.STIPEND_CASE_SAMPLE :])
    shown = Vote.objects.filter(seat__case=OuterRef("pk"), is_gold=False)
    has_seen = shown.filter(Exists(own.filter(task=OuterRef("submission__task"))))
    return Q(Exists(answers.filter(Exists(own.filter(task=OuterRef("task")))))) & ~Q(is_large) | Q(
        Exists(has_seen)
    )


def _knows(juror_id: int) -> Q:
    """True of cases whose work this person knew before the rejection, so that nobody picks their
    jury: they have the skill that the project names, by a test or by gold, or by its owner's word
    and an accepted answer there. Where the project names none, such an answer is enough.

    When half of the time for a jury is over, so is an accepted answer there, or a grant, of
    whatever age: a test, too, is passed by whom its owner tells the answers.
    """
    grants = Grant.objects.filter(
        skill=OuterRef("project__skill"), labeler=juror_id, revoked_at=None
    )
    before = grants.filter(granted_at__lt=OuterRef("created_at"))
    earned = before.exclude(source=Grant.Source.REQUESTER)
    accepted = Submission.objects.filter(
        labeler=juror_id, project=OuterRef("project"), state=ANSWER.ACCEPTED
    )
    worked = accepted.filter(submitted_at__lt=OuterRef("created_at"))
    is_peer = Q(project__skill=None) | Q(Exists(before))
    is_late = Q(appealed_at__lt=_half_over())
    return (
        Q(Exists(earned))
        | is_peer & Q(Exists(worked))
        | is_late & (Q(Exists(accepted)) | Q(Exists(grants)))
    )


def _half_over() -> datetime:
    """Until when those cases were appealed that wait for a jury for half of its time."""
    return timezone.now() - timedelta(hours=settings.STIPEND_JURY_HOURS) / 2


def _oldest() -> datetime:
    """When those cases were appealed for which a jury is still called."""
    return timezone.now() - timedelta(hours=settings.STIPEND_JURY_HOURS)


def is_late(case: Case, seats: list[Seat]) -> bool:
    """True if the time for a jury is over, and nobody is at it who would judge in vain."""
    now = timezone.now()
    is_held = any(seat.state == Seat.State.LIVE and seat.leased_until > now for seat in seats)
    return case.appealed_at is not None and case.appealed_at < _oldest() and not is_held


@atomic
def _sit(case_id: object, juror_id: int) -> Seat | None:
    case = cases.lock(case_id)
    seats = list(case.seats.exclude(state=Seat.State.EXPIRED))
    taken = case.seats.filter(juror=juror_id).exists()
    sampled = cases.sample(case)
    tasks = Submission.objects.filter(pk__in=sampled).values("task")
    knows_task = Submission.objects.filter(labeler=juror_id, task__in=tasks).exists()
    if case.state != State.APPEALED or taken or knows_task or not _calls_more(case, seats):
        return None
    minutes = settings.STIPEND_SEAT_MINUTES
    if doubles.has(juror_id, among=_concerned(case)):
        return None
    seat = Seat.objects.create(
        case=case, juror_id=juror_id, leased_until=timezone.now() + timedelta(minutes=minutes)
    )
    shown = [Vote(submission_id=pk) for pk in sampled]
    shown += precedents.draw(case, juror_id=juror_id, but=sampled)
    random.shuffle(shown)
    for position, one in enumerate(shown, start=1):
        one.seat, one.position = seat, position
    Vote.objects.bulk_create(shown)
    return seat


def _concerned(case: Case) -> set[int]:
    """Who has a part in it: its labeler, the requester's side, and the other jurors."""
    owner_id = case.project.owner_id
    reviewing = Reviewer.objects.filter(project__owner=owner_id).values_list("user", flat=True)
    seated = case.seats.values_list("juror", flat=True)
    judging = {case.judge_id} if case.judge_id else set()
    return {case.labeler_id, owner_id, *judging, *reviewing, *seated}


def _calls_more(case: Case, seats: list[Seat]) -> bool:
    """True while more votes are needed than are in or being thought about."""
    if len(seats) >= cases.SEATS_LIMIT:
        return False
    counted = [seat for seat in seats if seat.state == Seat.State.VOTED and is_counted(seat)]
    live_count = sum(seat.state == Seat.State.LIVE for seat in seats)
    return len(counted) + live_count < needed(counted)


def _docket(seat: Seat) -> Docket:
    case = Case.objects.select_related("project").get(pk=seat.case_id)
    votes = list(seat.votes.select_related("submission__task").order_by("position"))
    return Docket(seat, case, votes, cases.pay_units(case, answers_count=len(votes)))


def expire() -> int:
    """How many seats were left without a vote."""
    over = Seat.objects.filter(state=Seat.State.LIVE, leased_until__lte=timezone.now())
    return over.update(state=Seat.State.EXPIRED)


def rise(juror_id: int) -> int:
    """How many seats this person left, one at most: another juror is called."""
    held = Seat.objects.filter(juror=juror_id, state=Seat.State.LIVE)
    return held.update(state=Seat.State.EXPIRED)


@atomic
def vote(seat_id: int, *, juror_id: int, votes: Mapping[int, bool]) -> Seat:
    """The juror's votes by position, true for acceptable; voted before like this is voted.

    Raises NotFound, SeatTaken when the time is over, MalformedVotes, AlreadyVoted.
    """
    found = Seat.objects.filter(pk=seat_id, juror=juror_id).first()
    if found is None:
        raise NotFound("There is no such seat of yours.")
    case = cases.lock(found.case_id)
    seat = Seat.objects.select_for_update(no_key=True).get(pk=seat_id)
    if seat.state == Seat.State.VOTED:
        if votes != {one.position: one.is_acceptable for one in seat.votes.all()}:
            raise AlreadyVoted()
        return seat
    is_over = seat.state != Seat.State.LIVE or seat.leased_until <= timezone.now()
    if is_over or case.state != State.APPEALED:
        raise SeatTaken()
    shown = list(seat.votes.all())
    if votes.keys() != {one.position for one in shown}:
        raise MalformedVotes(answers=sorted(one.position for one in shown))
    for one in shown:
        one.is_acceptable = votes[one.position]
    Vote.objects.bulk_update(shown, ["is_acceptable"])
    seat.state, seat.voted_at = Seat.State.VOTED, timezone.now()
    seat.paid_units = cases.pay_units(case, answers_count=len(shown))
    seat.save()
    reputation.record(_learnt(case, seat))
    return seat


def _learnt(case: Case, seat: Seat) -> list[Event]:
    """What the known answer says of the juror: who does not look is soon asked no more.

    Nothing, where no other answer to its task stands, or where what an admin said of it is taken
    back.
    """
    second = precedents.beside("submission__task")[precedents.AGREED - 1 :]
    known = Q(submission__is_gold=True) | Q(Exists(second))
    if not seat.votes.filter(known, is_gold=True, precedent__ended_at=None).exists():
        return []
    is_met = is_counted(seat)
    return [
        Event(
            labeler_id=seat.juror_id,
            skill_id=case.project.skill_id,
            kind=Kind.GOLD_RIGHT if is_met else Kind.GOLD_WRONG,
            right=float(is_met),
            wrong=float(not is_met),
        )
    ]


# --- Whose votes count ---------------------------------------------------------------------------


def is_counted(seat: Seat) -> bool:
    """False when the known answer was misjudged."""
    return not precedents.missed(seat.votes.all()).exists()


def needed(counted: list[Seat]) -> int:
    """Three, when they agree on every answer; five otherwise."""
    if len(counted) < appeals.FIRST_SEATS:
        return appeals.FIRST_SEATS
    votes = Vote.objects.filter(seat__in=counted, is_gold=False)
    said: dict[int, set[Any]] = {}
    for submission_id, is_acceptable in votes.values_list("submission_id", "is_acceptable"):
        said.setdefault(submission_id, set()).add(is_acceptable)
    is_unanimous = all(len(opinions) == 1 for opinions in said.values())
    return appeals.FIRST_SEATS if is_unanimous else cases.SEATS_LIMIT
