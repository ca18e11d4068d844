"""Answers and verdicts as facts, for tests of what is counted from them."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from labeling.models import Assignment, Case, Project, Submission, Task
from people.models import User
from tests.labeling import house

State = Submission.State


def answers(
    made: Project,
    who: User,
    *,
    count: int,
    state: str = State.SUBMITTED,
    seconds: float = 30,
    accept_seconds: float = 7200,
    ago: timedelta = timedelta(hours=12),
) -> list[Submission]:
    """So many answers, one after the other, each `seconds` of work; not a cent is moved."""
    start = timezone.now() - ago
    tasks = _tasks(made, count=count)
    leases = Assignment.objects.bulk_create(
        Assignment(
            project=made,
            task=task,
            labeler=who,
            state=Assignment.State.SUBMITTED,
            leased_at=start + timedelta(seconds=seconds) * number,
            leased_until=start + timedelta(days=1),
        )
        for number, task in enumerate(tasks)
    )
    given = Submission.objects.bulk_create(
        Submission(
            assignment=lease,
            project=made,
            task_id=lease.task_id,
            labeler=who,
            result=house.answer(),
            state=state,
            submitted_at=lease.leased_at + timedelta(seconds=seconds),
        )
        for lease in leases
    )
    if state == State.ACCEPTED:
        _accept(given, after=timedelta(seconds=accept_seconds))
    return given


def contested(
    made: Project, who: User, *, state: str, appealed: bool = True, at: datetime | None = None
) -> Case:
    """A case as it ended, by a jury's word if it was appealed."""
    now = at or timezone.now()
    is_found = appealed and state in (Case.State.OVERTURNED, Case.State.UPHELD)
    case = Case.objects.create(
        project=made,
        labeler=who,
        reason=Case.Reason.WRONG,
        note="No.",
        state=state,
        appealable_until=now,
        appealed_at=now if appealed else None,
        jury_state=state if is_found else "",
    )
    Case.objects.filter(pk=case.pk).update(created_at=now)
    return case


def _tasks(made: Project, *, count: int) -> list[Task]:
    load = made.loads.create()
    before = made.tasks.count()
    return Task.objects.bulk_create(
        Task(
            project=made,
            load=load,
            data={"text": "a"},
            content_hash=(before + number).to_bytes(32),
            state=Task.State.CLOSED,
            overlap=1,
        )
        for number in range(count)
    )


def _accept(given: list[Submission], *, after: timedelta) -> None:
    """Written as they would have been then: a judgement never changes afterwards."""
    rows = [(one.pk, one.submitted_at + after) for one in given]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO labeling_judgement (submission_id, verdict, by, reason, created_at) "
            "VALUES (%s, 'ACCEPTED', 'quality', '', %s)",
            rows,
        )
