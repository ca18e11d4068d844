"""The hand-out: who holds which task until when.

Promises: never more running leases and answers than slots, never the same person twice on a
task, never anybody on their own project, at most PLACES running leases a person and project. The
database refuses all of these by constraint; the statements below see to it that it rarely has to.

The hot path is one statement: look who asks, pick (skipping rows that others hold), count, move
the cursor, lease. Its cost does not grow with the project, because in every lane the search
starts behind the last task the labeler was given (`Membership.cursors`) in a partial index of
tasks with a free slot; who may work is decided once a project and person, not per task.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from labeling.content import configs
from labeling.errors import (
    Barred,
    LeaseExpired,
    NotFound,
    NotYourAssignment,
    OwnProject,
    ProjectNotOpen,
    QuotaReached,
)
from labeling.handout import eligibility, recent, slots, statements
from labeling.models import Assignment, Project
from labeling.models.assignment import PLACES

ATTEMPTS_LIMIT = 4  # of one hand-out that runs into another by the same person
SWEEP_SECONDS = 30  # between two looks of one person at the whole queue of one project
SWEEP_ROWS = 5_000  # of one priority read in one hand-out; the next goes on behind them


@dataclass(frozen=True, slots=True)
class Lease:
    """What a labeler gets: the task's data is JSON text, passed on as it is stored."""

    id: int
    project_id: int
    task_id: int
    data_json: str
    leased_until: datetime
    form: configs.Form


def lease(project_id: int, *, labeler_id: int) -> Lease | None:
    """The task this person holds now, or None when there is none for them. Raises as `leases`."""
    found = leases(project_id, labeler_id=labeler_id, count=1)
    return found[0] if found else None


def leases(project_id: int, *, labeler_id: int, count: int) -> list[Lease]:
    """Up to `count` (at most PLACES) tasks that this person holds now, the oldest first.

    What they hold already is among them, so a lost answer can be asked for once more; fewer, or
    none, when nothing else is left for them. Raises NotFound, OwnProject, ProjectNotOpen,
    NotEligible, QuotaReached, Barred.
    """
    who = {"project": project_id, "labeler": labeler_id, "sweep": SWEEP_SECONDS, "count": count}
    for _ in range(ATTEMPTS_LIMIT):
        found = _take(statements.LEASE_FIRST if count == 1 else statements.LEASE_NEXT, who)
        if found.is_unknown and not found.leases:
            eligibility.admit(project_id, labeler_id=labeler_id)
        elif found.is_due:
            slots.expire_own(project_id, labeler_id=labeler_id)
        elif found.leases:
            return found.leases[:count]
        elif not slots.expire(project_id=project_id):
            return _sweep(who)
    return []


def _sweep(who: dict[str, Any]) -> list[Lease]:
    """A look at the whole queue, also at rows that were locked when the cursor passed them.

    What others lock is waited for, so none means none; who just looked is not let look again at
    once. It reads so many rows; of a longer queue the rest with the next hand-outs. One row at a
    time, with none in the hand: who waits for several in the order of their ranks would run into
    `slots`, where they are locked in the order of their ids.
    """
    window = _first_row(statements.WINDOW, {**who, "rows": SWEEP_ROWS})
    if window is None:
        return []
    look = {**who, "after": window[0], "until": window[1]}
    waited_for = None
    for _ in range(ATTEMPTS_LIMIT):
        if found := _take(statements.LEASE_ANY, look).leases:
            return found
        held_up = _first_row(statements.HELD_UP, look)
        if held_up in (None, waited_for):  # twice: they have had their share of this round
            break
        if found := _take(statements.LEASE_ONE, {**who, "task": held_up[0]}).leases:
            return found
        waited_for = held_up
    with connection.cursor() as cursor:
        cursor.execute(statements.SWEPT, look)
    return []


def _first_row(statement: str, values: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def take_again(task_id: int, *, project_id: int, labeler_id: int) -> bool:
    """True if a lease that was over is theirs once more, from when it first began: nobody else has
    taken its slot, and they could take it as anybody. Raises as `leases`.
    """
    mine = Assignment.objects.filter(task_id=task_id, labeler_id=labeler_id)
    began_at = mine.values_list("leased_at", flat=True).get()
    who = {"project": project_id, "labeler": labeler_id, "task": task_id, "count": PLACES}
    for _ in range(ATTEMPTS_LIMIT):
        found = _take(statements.LEASE_AGAIN, who)
        if found.is_due:
            slots.expire_own(project_id, labeler_id=labeler_id)
        elif any(one.task_id == task_id for one in found.leases):
            return bool(mine.live().update(leased_at=began_at))
        elif found.is_unknown:
            eligibility.admit(project_id, labeler_id=labeler_id)
        else:
            return False
    return False


@dataclass(frozen=True, slots=True)
class _Taken:
    """`is_due`: a lease of theirs is over. `is_unknown`: whether they may work is not decided."""

    is_due: bool
    is_unknown: bool
    leases: list[Lease]


def _take(statement: str, who: dict[str, Any]) -> _Taken:
    """What the statement found; raises what keeps this person out."""
    rows = _execute(statement, who)
    if not rows:
        raise NotFound("There is no such project.")
    state, owner_id, version, is_barred, is_unknown, quota_left, _, first_id = rows[0][:8]
    if first_id is None:
        if owner_id == who["labeler"]:
            raise OwnProject()
        if state != Project.State.OPEN:
            raise ProjectNotOpen()
        if is_barred:
            raise Barred()
        if not is_unknown and quota_left is not None and quota_left <= 0:
            raise QuotaReached()
        return _Taken(is_due=False, is_unknown=is_unknown, leases=[])
    if any(is_due for *_, is_due, _, _, _, _ in rows):
        return _Taken(is_due=True, is_unknown=False, leases=[])
    form = configs.form_of(who["project"], version=version)
    for *_, lease_id, task_id, _, _ in rows:
        question = recent.Question(who["labeler"], who["project"], task_id, version)
        recent.remember(lease_id, question)
    held = [
        Lease(lease_id, who["project"], task_id, data_json, leased_until, form)
        for *_, lease_id, task_id, leased_until, data_json in rows
    ]
    return _Taken(is_due=False, is_unknown=is_unknown, leases=held)


def _execute(statement: str, who: dict[str, Any]) -> list[Any]:
    """The rows; tried again when two hand-outs to one person ran into each other."""
    for attempt in range(ATTEMPTS_LIMIT):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, who)
                return cursor.fetchall()
        except DatabaseError as error:
            if attempt + 1 == ATTEMPTS_LIMIT or not _ran_into_another(error):
                raise
    raise AssertionError("unreachable")


# unique, not null and deadlock: what two hand-outs to one person at once end in
RETRIED_STATES = {"23505", "23502", "40P01"}


def _ran_into_another(error: DatabaseError) -> bool:
    """True if trying again is right: the statement alone was its own transaction."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in RETRIED_STATES and not connection.in_atomic_block


EXTEND = """
    UPDATE labeling_assignment AS lease
    SET leased_until = GREATEST(lease.leased_until, LEAST(
        now() + project.lease_minutes * interval '1 minute',
        lease.leased_at + %(leases)s * project.lease_minutes * interval '1 minute'))
    FROM labeling_project AS project
    WHERE lease.id = %(assignment)s AND lease.labeler_id = %(labeler)s
        AND project.id = lease.project_id
        AND lease.state = 'LIVE' AND lease.leased_until > now()
    RETURNING lease.leased_until
"""


def extend(assignment_id: int, *, labeler_id: int) -> datetime:
    """Until when the task is held now: a whole lease from here, at most STIPEND_LEASES in all.

    Raises NotFound, NotYourAssignment, LeaseExpired when it is over or answered.
    """
    values = {
        "assignment": assignment_id,
        "labeler": labeler_id,
        "leases": settings.STIPEND_LEASES,
    }
    with connection.cursor() as cursor:
        cursor.execute(EXTEND, values)
        row = cursor.fetchone()
    if row is None:
        state = get(assignment_id, labeler_id=labeler_id).state
        is_over = state in (Assignment.State.LIVE, Assignment.State.EXPIRED)
        raise LeaseExpired("" if is_over else "This task is not held any more.", state=state)
    return row[0]


def give_back(assignment_id: int, *, labeler_id: int, is_broken: bool = False) -> None:
    """The slot is free for somebody else; given back before is given back. A question of a test is
    asked again, of this person before any other, unless it is broken.

    Raises NotFound, NotYourAssignment, LeaseExpired when it is over or answered.
    """
    assignment = get(assignment_id, labeler_id=labeler_id)
    if slots.give_back(assignment_id, labeler_id=labeler_id, is_broken=is_broken):
        return
    assignment.refresh_from_db(fields=["state"])
    given_back = {Assignment.State.RETURNED}
    if not (is_broken or assignment.project.is_work):
        given_back.add(Assignment.State.EXPIRED)
    if assignment.state not in given_back:
        raise LeaseExpired("This task is not held any more.", state=assignment.state)


def get(assignment_id: int, *, labeler_id: int) -> Assignment:
    """This person's assignment; raises NotFound, NotYourAssignment."""
    assignment = Assignment.objects.filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound("There is no such assignment.")
    if assignment.labeler_id != labeler_id:
        raise NotYourAssignment()
    return assignment


def data_of(held: Lease) -> dict[str, Any]:
    """The task's data, decoded."""
    return json.loads(held.data_json)
