"""The hand-out: who holds which task until when.

Promises: never more running leases and answers than slots, never the same person twice on a
task, never anybody on their own project, one running lease a person and project. The database
refuses all of these by constraint; the statements below see to it that it rarely has to.

The hot path is one statement: pick (skipping rows that others hold), count, move the cursor,
lease. Its cost does not grow with the project, because the search starts behind the last task
the labeler was given (`Membership.cursor`) in a partial index of tasks with a free slot.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection

from labeling import configs, projects
from labeling.errors import LeaseExpired, NotFound, NotYourAssignment, OwnProject, ProjectNotOpen
from labeling.models import Assignment, Project

ATTEMPTS_LIMIT = 4  # of one hand-out that runs into another by the same person
SWEEP_SECONDS = 30  # between two looks of one person at the whole queue of one project
EXPIRE_LEASES = 500  # per statement

# Lock order: task, then assignment. NO KEY: rows that refer to the task do not wait for it.
LEASE = """
WITH door AS (
    SELECT state, owner_id, config_version, lease_minutes,
        state = 'OPEN' AND owner_id <> %(labeler)s AS lets_in
    FROM labeling_project WHERE id = %(project)s
), own AS (
    SELECT id, task_id, leased_until, leased_until <= now() AS is_due
    FROM labeling_assignment
    WHERE project_id = %(project)s AND labeler_id = %(labeler)s AND state = 'LIVE'
), seat AS (
    SELECT cursor, swept_at FROM labeling_membership
    WHERE project_id = %(project)s AND labeler_id = %(labeler)s
), picked AS (
    SELECT task.id, task.rank FROM labeling_task AS task
    WHERE task.project_id = %(project)s AND task.free_count > 0
        AND (SELECT lets_in FROM door) AND NOT EXISTS (SELECT FROM own)
        AND {where}
        AND NOT EXISTS (  -- OFFSET 0: one index look-up a row, never a join over all answers
            SELECT 1 FROM labeling_assignment AS done
            WHERE done.task_id = task.id AND done.labeler_id = %(labeler)s
                AND done.state <> 'EXPIRED' OFFSET 0)
    ORDER BY task.rank LIMIT 1
    {lock}
), taken AS (
    UPDATE labeling_task AS task
    SET free_count = task.free_count - 1, live_count = task.live_count + 1
    FROM picked WHERE task.id = picked.id
    RETURNING task.id, task.data::text AS data, picked.rank
), moved AS (
    INSERT INTO labeling_membership AS seat (project_id, labeler_id, cursor, joined_at)
    SELECT %(project)s, %(labeler)s, rank, now() FROM taken
    ON CONFLICT (project_id, labeler_id)
    DO UPDATE SET cursor = GREATEST(seat.cursor, excluded.cursor), swept_at = NULL
), leased AS (  -- a state other than EXPIRED would become NULL: the whole statement is refused
    INSERT INTO labeling_assignment AS lease
        (project_id, task_id, labeler_id, state, leased_at, leased_until)
    SELECT %(project)s, taken.id, %(labeler)s, 'LIVE', now(),
        now() + door.lease_minutes * interval '1 minute'
    FROM taken, door
    ON CONFLICT (task_id, labeler_id) DO UPDATE
    SET state = CASE lease.state WHEN 'EXPIRED' THEN 'LIVE' END,
        leased_at = excluded.leased_at, leased_until = excluded.leased_until, ended_at = NULL
    RETURNING id, task_id, leased_until
)
SELECT door.state, door.owner_id, door.config_version, own.is_due,
    COALESCE(own.id, leased.id), COALESCE(own.task_id, leased.task_id),
    COALESCE(own.leased_until, leased.leased_until), COALESCE(held.data::text, taken.data)
FROM door LEFT JOIN own ON true LEFT JOIN leased ON true LEFT JOIN taken ON true
    LEFT JOIN labeling_task AS held ON held.id = own.task_id
"""
LOCK_FREE = "FOR NO KEY UPDATE OF task SKIP LOCKED"
LOCK_WAITING = "FOR NO KEY UPDATE OF task"
BEHIND_CURSOR = "task.rank > COALESCE((SELECT cursor FROM seat), 0)"
ANYWHERE = "COALESCE((SELECT swept_at < now() - %(sweep)s * interval '1 second' FROM seat), true)"

SWEPT = """
    INSERT INTO labeling_membership (project_id, labeler_id, cursor, joined_at, swept_at)
    VALUES (%(project)s, %(labeler)s, 0, now(), now())
    ON CONFLICT (project_id, labeler_id) DO UPDATE SET swept_at = now()
"""


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
    """The task this person holds now, or None when there is none for them.

    Who holds one gets the same again, so a lost answer can be asked for once more.
    Raises NotFound, OwnProject, ProjectNotOpen.
    """
    who = {"project": project_id, "labeler": labeler_id, "sweep": SWEEP_SECONDS}
    for _ in range(ATTEMPTS_LIMIT):
        is_due, found = _take(who, where=BEHIND_CURSOR, lock=LOCK_FREE)
        if found is None and not is_due and not expire(project_id=project_id):
            return _sweep(who)
        if found is not None and not is_due:
            return found
        if is_due:
            expire(project_id=project_id)
    return None


def _sweep(who: dict[str, Any]) -> Lease | None:
    """A look at the whole queue, also at rows that were locked when the cursor passed them.

    It waits for locks, so None means none; who just looked is not let look again at once.
    """
    _, found = _take(who, where=ANYWHERE, lock=LOCK_WAITING)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(SWEPT, who)
    return found


def _take(who: dict[str, Any], *, where: str, lock: str) -> tuple[bool, Lease | None]:
    """Whether the person's own lease is over, and what they hold if it is not."""
    statement = LEASE.format(where=where, lock=lock)
    for attempt in range(ATTEMPTS_LIMIT):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, who)
                row = cursor.fetchone()
            break
        except DatabaseError as error:
            if attempt + 1 == ATTEMPTS_LIMIT or not _ran_into_another(error):
                raise
    if row is None:
        raise NotFound("There is no such project.")
    state, owner_id, version, is_due, lease_id, task_id, leased_until, data_json = row
    if lease_id is None:
        _check_door(state, owner_id=owner_id, labeler_id=who["labeler"])
        return False, None
    if is_due:
        return True, None
    form = configs.form_of(who["project"], version=version)
    return False, Lease(lease_id, who["project"], task_id, data_json, leased_until, form)


# unique, not null and deadlock: what two hand-outs to one person at once end in
RETRIED_STATES = {"23505", "23502", "40P01"}


def _ran_into_another(error: DatabaseError) -> bool:
    """True if trying again is right: the statement alone was its own transaction."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in RETRIED_STATES and not connection.in_atomic_block


def _check_door(state: str, *, owner_id: int, labeler_id: int) -> None:
    if owner_id == labeler_id:
        raise OwnProject()
    if state != Project.State.OPEN:
        raise ProjectNotOpen()


# Slots come back. Lock order: projects, then tasks in the order of their ids, then the leases.
# A project that is being closed is waited for, and its state read behind the lock.
END = """
WITH wanted AS (
    SELECT id, task_id, project_id FROM labeling_assignment
    WHERE state = 'LIVE' AND {which} ORDER BY task_id LIMIT %(limit)s
), door AS MATERIALIZED (
    SELECT id, state FROM labeling_project WHERE id IN (SELECT project_id FROM wanted)
    ORDER BY id {lock}
), locked AS (
    SELECT id FROM labeling_task
    WHERE id IN (SELECT task_id FROM wanted) AND project_id IN (SELECT id FROM door)
    ORDER BY id FOR NO KEY UPDATE
), ended AS (
    UPDATE labeling_assignment AS lease SET state = %(ended)s, ended_at = now()
    FROM wanted, locked
    WHERE lease.id = wanted.id AND locked.id = wanted.task_id
        AND lease.state = 'LIVE' AND {again}
    RETURNING lease.id, lease.task_id
), slots AS (
    SELECT task_id, count(*) AS back FROM ended GROUP BY task_id
)
UPDATE labeling_task AS task
SET live_count = task.live_count - slots.back,
    free_count = task.free_count
        + CASE project.state WHEN 'CLOSED' THEN 0 ELSE slots.back END,
    rank = nextval('labeling_task_id_seq'),
    state = CASE
        WHEN project.state <> 'CLOSED' OR task.live_count > slots.back THEN task.state
        WHEN task.done_count > 0 THEN 'ANSWERED'
        ELSE 'CLOSED'
    END
FROM slots, door AS project
WHERE task.id = slots.task_id AND project.id = task.project_id
RETURNING task.project_id, project.state
"""
LOCK_PROJECT = "FOR SHARE"
DUE = "leased_until <= now() AND (%(project)s::bigint IS NULL OR project_id = %(project)s)"
OF_LABELER = "id = %(assignment)s AND labeler_id = %(labeler)s"


def _end(which: str, again: str, values: dict[str, Any]) -> int:
    """How many tasks got slots back; closed projects get the money of theirs back."""
    with connection.cursor() as cursor:
        cursor.execute(END.format(which=which, again=again, lock=LOCK_PROJECT), values)
        rows = cursor.fetchall()
    closed = {project_id for project_id, state in rows if state == Project.State.CLOSED}
    if closed:
        projects.refund_closed(closed)
    return len(rows)


def expire(*, project_id: int | None = None) -> int:
    """How many tasks got slots back from leases whose time is over; at most EXPIRE_LEASES."""
    values = {"project": project_id, "ended": Assignment.State.EXPIRED, "limit": EXPIRE_LEASES}
    return _end(DUE, "lease.leased_until <= now()", values)


def give_back(assignment_id: int, *, labeler_id: int) -> None:
    """The slot is free for somebody else; given back before is given back.

    Raises NotFound, NotYourAssignment, LeaseExpired when it is over or answered.
    """
    assignment = get(assignment_id, labeler_id=labeler_id)
    values = {"assignment": assignment_id, "labeler": labeler_id, "limit": 1}
    if _end(OF_LABELER, "true", {**values, "ended": Assignment.State.RETURNED}):
        return
    assignment.refresh_from_db(fields=["state"])
    if assignment.state != Assignment.State.RETURNED:
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
