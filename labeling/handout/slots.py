"""Slots come back: from leases that are over and from tasks handed back.

Lock order: projects, then tasks in the order of their ids, then memberships, then the leases. A
project that is being changed is waited for, where one person's own leases end, and its state read
behind the lock; for the leases of others it is passed by.
"""

from functools import partial
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from labeling import attempts
from labeling.models import Assignment, Project
from labeling.orders import projects

EXPIRE_LEASES = 500  # per statement

# A task that is not offered any more keeps the slot as spare; a closed project's money goes back.
# A question of a test comes back to who let go of it, before any other: its rank stays, and their
# cursor goes back to it. So nobody picks the questions they know. What they report as broken is
# not asked again, and stays in their quota.
END = """
WITH wanted AS (
    SELECT id, task_id, project_id FROM labeling_assignment
    WHERE state = 'LIVE' AND {which} ORDER BY task_id LIMIT %(limit)s
), door AS MATERIALIZED (
    SELECT id, state, kind = 'test' AS is_test FROM labeling_project
    WHERE id IN (SELECT project_id FROM wanted) ORDER BY id {lock}
), locked AS (
    SELECT id, rank FROM labeling_task
    WHERE id IN (SELECT task_id FROM wanted) AND project_id IN (SELECT id FROM door)
    ORDER BY id FOR NO KEY UPDATE
), ended AS (
    UPDATE labeling_assignment AS lease
    SET state = CASE WHEN door.is_test AND NOT %(is_broken)s THEN 'EXPIRED' ELSE %(ended)s END,
        ended_at = now()
    FROM wanted, locked, door
    WHERE lease.id = wanted.id AND locked.id = wanted.task_id AND door.id = wanted.project_id
        AND lease.state = 'LIVE' AND {again}
    RETURNING lease.id, lease.task_id, lease.project_id, lease.labeler_id,
        CASE WHEN door.is_test THEN locked.rank - 1 END AS cursor
), given AS MATERIALIZED (
    SELECT seat.id, back.count, back.cursor
    FROM labeling_membership AS seat JOIN (
        SELECT project_id, labeler_id, count(*), min(cursor) AS cursor
        FROM ended WHERE cursor IS NULL OR NOT %(is_broken)s GROUP BY project_id, labeler_id
    ) AS back USING (project_id, labeler_id)
    ORDER BY seat.id FOR NO KEY UPDATE OF seat
), unseated AS (
    UPDATE labeling_membership AS seat
    SET leases_count = GREATEST(seat.leases_count - given.count, 0),
        cursors = CASE WHEN given.cursor IS NULL THEN seat.cursors
            ELSE LEAST(seat.cursors[1], given.cursor) || seat.cursors[2:] END
    FROM given WHERE seat.id = given.id
), slots AS (
    SELECT task_id, count(*) AS back FROM ended GROUP BY task_id
)
UPDATE labeling_task AS task
SET live_count = task.live_count - slots.back,
    free_count = task.free_count + CASE
        WHEN project.state <> 'CLOSED' AND task.state = 'OPEN' THEN slots.back ELSE 0 END,
    spare_count = task.spare_count + CASE
        WHEN project.state <> 'CLOSED' AND task.state <> 'OPEN' THEN slots.back ELSE 0 END,
    rank = CASE WHEN task.lane = 10 THEN task.rank - slots.back * 4294967296
        WHEN project.is_test THEN task.rank
        ELSE nextval('labeling_task_id_seq') END,
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
LOCK_FREE_PROJECT = "FOR SHARE SKIP LOCKED"
DUE = "leased_until <= now() AND (%(project)s::bigint IS NULL OR project_id = %(project)s)"
DUE_OF_LABELER = f"labeler_id = %(labeler)s AND {DUE}"
OF_LABELER = "id = %(assignment)s AND labeler_id = %(labeler)s"


def expire(*, project_id: int | None = None) -> int:
    """How many tasks got slots back from leases whose time is over; at most EXPIRE_LEASES. Those of
    a project that somebody changes have their turn the next time."""
    values = {"project": project_id, "ended": Assignment.State.EXPIRED, "limit": EXPIRE_LEASES}
    return _end(DUE, "lease.leased_until <= now()", values, lock=LOCK_FREE_PROJECT)


def expire_own(project_id: int, *, labeler_id: int) -> int:
    """The same of this person's leases, however many of others are over as well; a project that
    somebody changes is waited for."""
    values = {"project": project_id, "labeler": labeler_id, "limit": EXPIRE_LEASES}
    again = "lease.leased_until <= now()"
    return _end(DUE_OF_LABELER, again, {**values, "ended": Assignment.State.EXPIRED})


def expire_all() -> int:
    """The same in every project, however many leases."""
    over = Assignment.objects.live().filter(leased_until__lte=Now()).order_by()
    project_ids = sorted(over.values_list("project_id", flat=True).distinct())
    with attempts.apart("expire") as tried:
        return sum(tried(f"project {one}", partial(_expire_in, one)) for one in project_ids)


def _expire_in(project_id: int) -> int:
    ended_count = 0
    while count := expire(project_id=project_id):
        ended_count += count
    return ended_count


def give_back(assignment_id: int, *, labeler_id: int, is_broken: bool = False) -> bool:
    """True if this person held it and its slot is back; they do not get the task again, but for a
    question of a test that is not called broken."""
    values = {"assignment": assignment_id, "labeler": labeler_id, "limit": 1}
    values |= {"ended": Assignment.State.RETURNED, "is_broken": is_broken}
    return bool(_end(OF_LABELER, "true", values))


def _end(which: str, again: str, values: dict[str, Any], *, lock: str | None = None) -> int:
    """How many tasks got slots back; closed projects get the money of theirs back."""
    with connection.cursor() as cursor:
        statement = END.format(which=which, again=again, lock=lock or LOCK_PROJECT)
        cursor.execute(statement, {"is_broken": False, **values})
        rows = cursor.fetchall()
    closed = {project_id for project_id, state in rows if state == Project.State.CLOSED}
    if closed:
        projects.refund_closed(closed)
    return len(rows)
