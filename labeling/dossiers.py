"""What the workshop keeps of a person, for their dossier (`people.dossiers`).

As their own pages tell it, and what quality control noted about their answers: a score once there
is a verdict, what looked odd, the estimate of how often they are right. No task is numbered, no
other answer is named, and nothing says which answers were measured against a known one. What a
requester's projects hold leaves by their own export.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet

from labeling.crowd import reputation
from labeling.models import (
    Assignment,
    Case,
    Grant,
    Judgement,
    Membership,
    Project,
    Report,
    Reviewer,
    Seat,
    Signal,
    Skill,
    Standing,
    Submission,
)
from payments import escrow, money

ROWS_A_CHUNK = 500
Row = dict[str, Any]


def sections(person_id: int) -> Iterator[tuple[str, Iterable[Row]]]:
    """Name and rows, each in the order in which it came to be."""
    mine = {"labeler": person_id}
    yield "projects_joined", _seats(person_id)
    yield "answers", _answers(person_id)
    yield "rejections", _cases(Case.objects.filter(**mine))
    yield "tasks_held", _leases(person_id)
    yield "tasks_reported", _reports(person_id)
    yield "skills", _grants(person_id)
    yield "reputation", (asdict(one) for one in reputation.standing(person_id))
    yield "reputation_events", _events(person_id)
    yield "juries", _juries(person_id)
    yield "projects", _projects(person_id)
    yield "project_deposits", _deposits(person_id)
    yield "project_withdrawals", _withdrawals(person_id)
    yield "projects_reviewed", Reviewer.objects.filter(user=person_id).values("project", "added_at")
    yield "verdicts_given", _verdicts(person_id)
    yield "rejections_given", _cases(Case.objects.filter(judge=person_id))
    yield "skills_made", Skill.objects.filter(owner=person_id).values("slug", "title", "created_at")
    told = ("frozen_at", "why", "thawed_at")
    yield "standing_as_requester", Standing.objects.filter(requester=person_id).values(*told)


def _chunks(found: QuerySet[Any]) -> Iterator[list[Any]]:
    """All rows by their ids, some at a time, however long somebody reads them."""
    last_id: Any = 0
    while rows := list(found.filter(pk__gt=last_id).order_by("pk")[:ROWS_A_CHUNK]):
        yield rows
        last_id = rows[-1].pk


def _answers(person_id: int) -> Iterator[Row]:
    found = Submission.objects.filter(labeler=person_id).select_related("project", "assignment")
    for chunk in _chunks(found.prefetch_related("judgements", "signals")):
        for one in chunk:
            verdicts = [_verdict(judgement) for judgement in one.judgements.all()]
            yield {
                "id": one.pk,
                "project": one.project_id,
                "title": one.project.title,
                "taken_at": one.assignment.leased_at,
                "submitted_at": one.submitted_at,
                "result": one.result,
                "state": one.state,
                "rejection": one.case_id,
                "pay": money.format(one.project.price_units),
                "verdicts": verdicts,
                "score": one.score if verdicts else None,
                "signals": [_signal(signal) for signal in one.signals.all()],
            }


def _signal(signal: Signal) -> Row:
    """Of what is like somebody else's no more than that: the detail names their answer."""
    detail = "" if signal.kind == Signal.Kind.COPIED else signal.detail
    said = signal.get_kind_display()
    return {"kind": signal.kind, "said": said, "detail": detail, "noted_at": signal.created_at}


def _verdict(judgement: Judgement) -> Row:
    names = ("verdict", "by", "reason", "created_at")
    return {name: getattr(judgement, name) for name in names}


def _verdicts(person_id: int) -> Iterator[Row]:
    for chunk in _chunks(Judgement.objects.filter(judge=person_id)):
        for one in chunk:
            yield {"answer": one.submission_id, **_verdict(one)}


def _cases(found: QuerySet[Case]) -> Iterator[Row]:
    names = ("id", "project_id", "state", "reason", "note", "appeal_note")
    moments = ("created_at", "appealable_until", "appealed_at", "decided_at")
    for one in found.order_by("created_at").iterator():
        stake = money.format(one.stake_units)
        yield {name: getattr(one, name) for name in (*names, *moments)} | {"stake": stake}


def _leases(person_id: int) -> Iterator[Row]:
    """Those without an answer; the others are among the answers."""
    mine = Assignment.objects.filter(labeler=person_id)
    for chunk in _chunks(mine.exclude(state=Assignment.State.SUBMITTED)):
        for one in chunk:
            names = ("project_id", "state", "leased_at", "leased_until", "ended_at")
            yield {name: getattr(one, name) for name in names}


def _reports(person_id: int) -> Iterable[Row]:
    found = Report.objects.filter(labeler=person_id).order_by("pk")
    return found.values("reason", "note", "created_at", "task__project").iterator()


def _grants(person_id: int) -> Iterable[Row]:
    found = Grant.objects.filter(labeler=person_id).order_by("pk")
    return found.values("skill__slug", "value", "source", "granted_at", "revoked_at").iterator()


def _seats(person_id: int) -> Iterable[Row]:
    found = Membership.objects.filter(labeler=person_id).order_by("pk")
    names = ("project", "project__title", "joined_at", "barred_at", "leases_count")
    return found.values(*names, "right", "wrong").iterator()


def _events(person_id: int) -> Iterator[Row]:
    """Those of all work, then those that count for a skill alone."""
    yield from _explained(person_id)
    for known in reputation.standing(person_id):
        if known.skill:
            of_skill = _explained(person_id, skill=known.skill)
            yield from (event for event in of_skill if not event["is_overall"])


def _explained(person_id: int, *, skill: str = "") -> Iterator[Row]:
    page = reputation.explain(person_id, skill=skill)
    yield from (asdict(event) for event in page.events)
    while page.next_id is not None:
        page = reputation.explain(person_id, skill=skill, before_id=page.next_id)
        yield from (asdict(event) for event in page.events)


def _juries(person_id: int) -> Iterator[Row]:
    found = Seat.objects.filter(juror=person_id).order_by("pk").prefetch_related("votes")
    for one in found.iterator(chunk_size=ROWS_A_CHUNK):
        yield {
            "state": one.state,
            "voted_at": one.voted_at,
            "paid": money.format(one.paid_units),
            "votes": [vote.is_acceptable for vote in one.votes.all()],
        }


def _projects(person_id: int) -> Iterator[Row]:
    names = ("id", "title", "instructions", "kind", "state", "created_at", "opened_at", "closed_at")
    for one in Project.objects.filter(owner=person_id).order_by("pk").iterator():
        yield {name: getattr(one, name) for name in names}


def _deposits(person_id: int) -> Iterator[Row]:
    """What was paid in for projects of theirs, and from which wallet."""
    for project in _with_purse(person_id):
        for one in escrow.deposits(project.purse)[:]:
            yield {
                "project": project.pk,
                "amount": money.format(one.amount_units),
                "sender": one.sender,
                "sender_url": escrow.address_url(one.sender),
                "tx_hash": one.tx_hash,
                "explorer_url": escrow.explorer_url(one.tx_hash),
                "credited_at": one.credited_at,
            }


def _withdrawals(person_id: int) -> Iterator[Row]:
    """What they took out of their projects, and to which wallet."""
    names = [
        *("address", "address_url", "state", "reason", "tx_hash", "explorer_url"),
        *("requested_at", "ended_at"),
    ]
    for project in _with_purse(person_id):
        for one in escrow.withdrawals(project.purse)[:]:
            told = {name: getattr(one, name) for name in names}
            yield {"project": project.pk, "amount": money.format(one.amount_units)} | told


def _with_purse(person_id: int) -> Iterator[Project]:
    owned = Project.objects.filter(owner=person_id, purse_id__isnull=False)
    return owned.order_by("pk").iterator()
