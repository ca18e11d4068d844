"""The verdict and the money, in one database transaction.

Promises: an accepted answer has exactly one release, a rejected one keeps its money locked and
has a reason, and what is accepted stays accepted. Nothing rejects but a case (`cases.open_cases`).
Lock order: submission, reputation, account.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.transaction import atomic

from labeling import causes, notices
from labeling.crowd import reputation
from labeling.crowd.reputation import Event
from labeling.errors import AlreadyJudged, NotFound
from labeling.models import Judgement, Project, ReputationEvent, Submission
from labeling.orders import projects
from payments import escrow
from people.models import User

ACCEPTED = Submission.State.ACCEPTED
BY_PEOPLE = (Judgement.By.REQUESTER, Judgement.By.ADMIN)
ACCEPTED_WEIGHT = 0.5  # of somebody's acceptance, beside 1 of an answer to gold
PROOF_ROWS = 1000  # submissions per question to the window


@dataclass(frozen=True)
class Conclusion:
    """What somebody concluded: `judge` None is quality control."""

    verdict: str
    score: float | None = None
    reason: str = ""
    judge: User | None = None
    by: str = Judgement.By.QUALITY


@atomic
def accept(
    submission_id: int, *, judge: User | None = None, by: str = Judgement.By.QUALITY
) -> Submission:
    """The submission, accepted and paid; accepted before is accepted.

    For the requester a rejection is taken back by the owner, or by who rejected. Raises NotFound,
    AlreadyJudged for another reviewer's rejection, when a jury decides or a rejection is final.
    """
    submission = _locked(submission_id)
    if submission.state == ACCEPTED:
        return submission
    if submission.state in (Submission.State.APPEALED, Submission.State.FORFEITED):
        raise _of_a_case()
    project = Project.objects.get(pk=submission.project_id)
    if by == Judgement.By.REQUESTER and not _takes_back(submission, project, judge):
        raise _of_a_case()
    write(project, [(submission, Conclusion(ACCEPTED, judge=judge, by=by))])
    return submission


def _of_a_case() -> AlreadyJudged:
    return AlreadyJudged("This submission belongs to a case, and is decided with it.")


def _takes_back(submission: Submission, project: Project, judge: User | None) -> bool:
    """False of a rejection by somebody else, in somebody else's project."""
    if submission.state != Submission.State.REJECTED or submission.case is None:
        return True
    return judge is not None and judge.pk in (submission.case.judge_id, project.owner_id)


def _locked(submission_id: int) -> Submission:
    submission = Submission.objects.select_for_update(no_key=True).filter(pk=submission_id).first()
    if submission is None:
        raise NotFound("There is no such submission.")
    return submission


def accept_all(
    project: Project,
    submissions: Iterable[Submission],
    *,
    by: str = Judgement.By.QUALITY,
    judge: User | None = None,
) -> None:
    """Undecided submissions of one project, locked by the caller, are accepted and paid.

    Each keeps the score it carries. To be called inside the transaction that locked them.
    """
    decided = [(one, Conclusion(ACCEPTED, one.score, judge=judge, by=by)) for one in submissions]
    write(project, decided)


WRITE_STATES = """
    UPDATE labeling_submission AS answer SET state = decided.state
    FROM unnest(%s::bigint[], %s::text[]) AS decided (id, state) WHERE answer.id = decided.id
"""


def write(project: Project, decided: list[tuple[Submission, Conclusion]]) -> None:
    """The verdicts stand, each with its judgement, and the accepted are paid.

    The caller has locked the submissions and looked at their states, in this transaction.
    """
    if not decided:
        return
    reputation.record(_looked_at(project, decided))
    for submission, conclusion in decided:
        submission.state = conclusion.verdict
    ids = [submission.pk for submission, _ in decided]
    states = [str(conclusion.verdict) for _, conclusion in decided]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_STATES, [ids, states])
    Judgement.objects.bulk_create(
        Judgement(
            submission=submission,
            verdict=conclusion.verdict,
            score=submission.score if conclusion.score is None else conclusion.score,
            reason=conclusion.reason,
            judge=conclusion.judge,
            by=conclusion.by,
        )
        for submission, conclusion in decided
    )
    accepted = [one for one, conclusion in decided if conclusion.verdict == ACCEPTED]
    notices.note_accepted(project, accepted)
    if project.price_units:  # a test may be free
        escrow.release_all(project.purse, [_release(project, one) for one in accepted])


def _looked_at(project: Project, decided: list[tuple[Submission, Conclusion]]) -> list[Event]:
    """What it says of labelers that people accept their answers: that is a final verdict, while
    silence says nothing. What was contested is made good by `cases.amends`."""
    fresh = (Submission.State.SUBMITTED, Submission.State.REJECTED)
    return [
        Event(
            labeler_id=submission.labeler_id,
            skill_id=project.skill_id,
            is_overall=project.is_work,
            kind=ReputationEvent.Kind.ACCEPTED,
            right=ACCEPTED_WEIGHT,
            submission_id=submission.pk,
        )
        for submission, conclusion in decided
        if conclusion.verdict == ACCEPTED
        and conclusion.by in BY_PEOPLE
        and submission.state in fresh
    ]


def _release(project: Project, submission: Submission) -> escrow.Release:
    return escrow.Release(
        key=submission.release_key,
        payee=f"person:{submission.labeler_id}",
        amount_units=project.price_units,
        fee_units=project.fee_units,
        cause=causes.ANSWER % {"title": project.title, "number": submission.pk},
    )


def prove_releases() -> list[str]:
    """A sentence for each accepted submission without its release or released one not accepted,
    and for each project that holds another sum than its answers can still cost."""
    problems = []
    last_id = 0
    while rows := list(
        Submission.objects.filter(pk__gt=last_id, project__price_units__gt=0)
        .order_by("pk")
        .values_list("pk", "state")[:PROOF_ROWS]
    ):
        released = escrow.released([f"release:{pk}" for pk, _ in rows])
        for pk, state in rows:
            if (state == ACCEPTED) != (f"release:{pk}" in released):
                problems.append(f"Submission {pk} is {state}, its release says otherwise.")
        last_id = rows[-1][0]
    return problems + projects.prove_holds()
