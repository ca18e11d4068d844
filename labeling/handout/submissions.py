"""Answers come in: checked first, then written once.

Promises: one answer an assignment, by its holder, within its time or while nobody else has taken
its slot; sending the same answer again is harmless. No money moves here. The hot path is one
statement: write the answer to what this process handed out; where that is not known, or not so any
more, what it is to is read first.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import connection

from labeling import nudges
from labeling.content import configs
from labeling.errors import (
    AlreadySubmitted,
    AnswerTooLarge,
    LabelingError,
    LeaseExpired,
    MalformedAnswer,
    NotFound,
    NotYourAssignment,
)
from labeling.handout import assignments, recent
from labeling.models import Assignment, Submission, Task
from people.tokens import STILL_OPENS

LOOKS = 3  # whoever finds the answer refused, or the lease over, sees why with the next

LOOK = """
    SELECT lease.labeler_id, lease.state,
        lease.state = 'LIVE' AND lease.leased_until > now() AS is_running,
        lease.project_id, lease.task_id, project.config_version,
        answer.id, answer.state, answer.submitted_at, answer.result::text
    FROM labeling_assignment AS lease
    JOIN labeling_project AS project ON project.id = lease.project_id
    LEFT JOIN labeling_submission AS answer ON answer.assignment_id = lease.id
    WHERE lease.id = %s
"""
# Lock order: task, then assignment; its state and time are looked at again behind the lock, and so
# is everything that was only remembered, the sender's token among it.
WRITE = f"""
WITH door AS (
    SELECT id, review_hours FROM labeling_project
    WHERE id = %(project)s AND config_version = %(version)s AND {STILL_OPENS}
), locked AS (
    SELECT id FROM labeling_task WHERE id = %(task)s FOR NO KEY UPDATE
), ended AS (
    UPDATE labeling_assignment AS lease SET state = 'SUBMITTED', ended_at = now()
    FROM locked, door
    WHERE lease.id = %(assignment)s AND lease.task_id = locked.id
        AND lease.project_id = door.id AND lease.labeler_id = %(labeler)s
        AND lease.state = 'LIVE' AND lease.leased_until > now()
    RETURNING lease.id, lease.project_id, lease.task_id, lease.labeler_id
), counted AS (
    UPDATE labeling_task AS task
    SET live_count = task.live_count - 1, done_count = task.done_count + 1,
        state = CASE WHEN task.state = 'OPEN' AND task.live_count = 1 AND task.free_count = 0
            THEN 'ANSWERED' ELSE task.state END
    FROM ended WHERE task.id = ended.task_id
    RETURNING task.state, task.expected IS NOT NULL AS is_gold
), written AS (
    INSERT INTO labeling_submission
        (assignment_id, project_id, task_id, labeler_id, result, state, submitted_at,
        decide_until, is_gold)
    SELECT ended.id, project_id, task_id, labeler_id, %(result)s::jsonb, 'SUBMITTED', now(),
        now() + door.review_hours * interval '1 hour', counted.is_gold
    FROM ended, counted, door
    RETURNING id, state, submitted_at
)
SELECT written.id, written.state, written.submitted_at,
    counted.state = 'ANSWERED' OR counted.is_gold
FROM written, counted
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the labeler is told: `is_new` is False when this very answer was there before."""

    id: int
    assignment_id: int
    project_id: int
    state: str
    submitted_at: datetime
    is_new: bool


def submit(assignment_id: int, *, labeler_id: int, result: Any) -> Receipt:
    """The answer is written and its slot done; the task goes to quality control with its last.

    Raises NotFound, NotYourAssignment, AlreadySubmitted, LeaseExpired, MalformedAnswer,
    AnswerOutsideChoices, FileTooLarge; then nothing is written, and a lease that runs runs on.
    """
    if receipt := submit_remembered(assignment_id, labeler_id=labeler_id, result=result):
        return receipt
    for _ in range(LOOKS):
        found = _look(assignment_id, labeler_id=labeler_id)
        if found.before is not None:
            return found.repeated(result)
        if found.state == Assignment.State.RETURNED:
            raise LeaseExpired("This task was handed back.")
        if not found.is_running:
            _checked(found.question, result)  # what is refused takes nothing
            if not _is_taken_again(found.question):
                continue
        if receipt := _write(assignment_id, found.question, result):
            return receipt
    raise LeaseExpired()


def submit_remembered(
    assignment_id: int, *, labeler_id: int, result: Any, token: str | None = None
) -> Receipt | None:
    """The answer is written if this process asked for it and `token`, if any, opens still.

    None where one of this is not so, or anything is wrong: `submit` says what. `token` is a digest.
    """
    question = recent.recall(assignment_id, labeler_id=labeler_id)
    if question is None:
        return None
    with suppress(LabelingError):  # what is wrong with it is said of what is there now
        return _write(assignment_id, question, result, token=token)
    return None


def _is_taken_again(question: recent.Question) -> bool:
    """A poor connection brings answers late: True if the slot was to be had once more."""
    with suppress(LabelingError):
        return assignments.take_again(
            question.task_id, project_id=question.project_id, labeler_id=question.labeler_id
        )
    return False


def _write(
    assignment_id: int, question: recent.Question, result: Any, *, token: str | None = None
) -> Receipt | None:
    """The receipt; None if the answer is not to this question any more, or was given before."""
    values = {
        "assignment": assignment_id,
        "labeler": question.labeler_id,
        "project": question.project_id,
        "task": question.task_id,
        "version": question.config_version,
        "result": _checked(question, result),
        "token": token,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        row = cursor.fetchone()
    if row is None:
        return None
    submission_id, state, submitted_at, is_to_be_judged = row
    if is_to_be_judged:
        nudges.nudge_after_commit("labeling.jobs.judge")
    return Receipt(submission_id, assignment_id, question.project_id, state, submitted_at, True)


def _checked(question: recent.Question, result: Any) -> str:
    """The answer as JSON, if the form allows it; raises what `submit` says of bad ones."""
    form = configs.form_of(question.project_id, version=question.config_version)
    form.config.validate(result, _shown(question) if form.config.reads_data else None)
    return _encoded(result)


def _shown(question: recent.Question) -> dict[str, Any] | None:
    """The data that the answer is to: read only where an answer quotes it."""
    return Task.objects.values_list("data", flat=True).filter(pk=question.task_id).first()


def _encoded(result: Any) -> str:
    try:
        encoded = orjson.dumps(result)
    except TypeError:
        raise MalformedAnswer("The answer holds a number or a text that JSON cannot carry.")
    if len(encoded) > settings.STIPEND_ANSWER_BYTES:
        raise AnswerTooLarge(limit_bytes=settings.STIPEND_ANSWER_BYTES)
    return encoded.decode()


@dataclass(frozen=True, slots=True)
class _Found:
    """The assignment as it stands, with the answer given under it before."""

    state: str
    is_running: bool
    question: recent.Question
    before: Receipt | None
    before_result: str

    def repeated(self, result: Any) -> Receipt:
        """The former answer's receipt; raises AlreadySubmitted when this one differs."""
        assert self.before is not None
        if orjson.loads(self.before_result) != result:
            raise AlreadySubmitted(submission=self.before.id)
        return self.before


def _look(assignment_id: int, *, labeler_id: int) -> _Found:
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [assignment_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such assignment.")
    holder_id, state, is_running, project_id, task_id, version, *answer = row
    if holder_id != labeler_id:
        raise NotYourAssignment()
    question = recent.Question(labeler_id, project_id, task_id, version)
    before_id, before_state, submitted_at, before_result = answer
    before = None
    if before_id is not None:
        before = Receipt(
            before_id, assignment_id, project_id, before_state, submitted_at, is_new=False
        )
    return _Found(state, is_running, question, before, before_result or "")


def of_project(project_id: int, *, state: str | None = None) -> Any:
    """The project's submissions, newest first, with what a requester is shown of each."""
    found = Submission.objects.filter(project_id=project_id).select_related("labeler", "assignment")
    return found.filter(state=state) if state else found
