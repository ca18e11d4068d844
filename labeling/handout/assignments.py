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
from labeling.handout import eligibility, recent, slots
from labeling.models import Assignment, Project
from labeling.models.assignment import PLACES

ATTEMPTS_LIMIT = 4  # of one hand-out that runs into another by the same person
GOLD_DEBT = -100  # tasks that gold is late at most, where there was too little of it
SWEEP_SECONDS = 30  # between two looks of one person at the whole queue of one project

# Lock order: task, then membership, then assignment. NO KEY: rows that refer to the task do not
# wait for it. Lane 10 is gold: it has no cursor, its rank rises by 2³² with each use, so the least
# used comes first; from one to the next of one person it is 100 / gold_percent tasks in the
# mean, however many they take at once: what a batch has too few of, the next one has more of. A
# lease is not waited for to be on the disk: the answer's commit brings it there, and one lost in a
# crash is a slot that is free.
LEASE = """
WITH door AS (
    SELECT project.state, project.owner_id, project.config_version, project.lease_minutes,
        project.gold_percent, project.ration_round, project.lanes, seat.cursors, seat.swept_at,
        COALESCE(seat.gold_in, 1) AS gold_in,
        seat.barred_at IS NOT NULL AS is_barred,
        project.is_restricted AND (seat.admitted_until > now()
            AND seat.admitted_version = project.admission_version) IS NOT TRUE AS is_unknown,
        project.quota - COALESCE(seat.leases_count, 0) AS quota_left,
        project.ration - CASE WHEN seat.ration_round = project.ration_round
            THEN seat.ration_count ELSE 0 END AS ration_left
    FROM labeling_project AS project LEFT JOIN labeling_membership AS seat
        ON seat.project_id = project.id AND seat.labeler_id = %(labeler)s
    WHERE project.id = %(project)s AND set_config('synchronous_commit', 'off', true) = 'off'
), own AS (
    SELECT id, task_id, place, leased_until, leased_until <= now() AS is_due
    FROM labeling_assignment
    WHERE project_id = %(project)s AND labeler_id = %(labeler)s AND state = 'LIVE'
), wanted AS (
    SELECT count, CASE WHEN gold_percent > 0 AND gold_in < count
        THEN 1 + floor((count - 1 - gold_in) * gold_percent / 100.0) ELSE 0 END AS gold_count
    FROM (
        SELECT gold_in, gold_percent, CASE WHEN state = 'OPEN' AND owner_id <> %(labeler)s
                AND NOT is_barred AND NOT is_unknown
            THEN GREATEST(LEAST(
                %(count)s - (SELECT count(*) FROM own), quota_left, ration_left), 0)
            ELSE 0 END AS count
        FROM door) AS free
), picked AS (  -- LIMIT 10: more than anybody takes, so that the planner expects few
    SELECT * FROM (
    SELECT task.id, task.lane, task.rank
    FROM unnest((SELECT lanes FROM door)) WITH ORDINALITY AS lane (number, turn), LATERAL (
        SELECT task.id, task.lane, task.rank FROM labeling_task AS task
        WHERE task.project_id = %(project)s AND task.lane = lane.number AND task.is_offered
            AND {where}
            AND NOT EXISTS (  -- OFFSET 0: one index look-up a row, never a join over all answers
                SELECT 1 FROM labeling_assignment AS done
                WHERE done.task_id = task.id AND done.labeler_id = %(labeler)s
                    AND done.state <> 'EXPIRED' OFFSET 0)
        ORDER BY task.rank
        LIMIT (SELECT CASE lane.number WHEN 10 THEN gold_count ELSE count END FROM wanted)
        {lock}
    ) AS task
    ORDER BY lane.turn LIMIT (SELECT count FROM wanted)
    ) AS few LIMIT 10
), taken AS (
    UPDATE labeling_task AS task
    SET free_count = task.free_count - 1, live_count = task.live_count + 1,
        rank = CASE task.lane WHEN 10 THEN task.rank + 4294967296 ELSE task.rank END
    FROM picked WHERE task.id = picked.id
    RETURNING task.id, task.data::text AS data, picked.lane, picked.rank
), ordered AS (  -- by priority; gold anywhere among them
    SELECT id, data, row_number() OVER (
        ORDER BY CASE lane WHEN 10 THEN random() * (turn + others) ELSE turn END)
    FROM (SELECT *, row_number() OVER (ORDER BY lane DESC, rank) AS turn,
        count(*) OVER () AS others FROM taken) AS task
), tally AS (
    SELECT count(*) AS count, count(*) FILTER (WHERE lane = 10) AS gold_count FROM taken
), moved AS (
    INSERT INTO labeling_membership AS seat
        (project_id, labeler_id, cursors, gold_in, leases_count, ration_round, ration_count,
        joined_at)
    SELECT %(project)s, %(labeler)s,
        ARRAY(SELECT COALESCE(max(taken.rank), 0) FROM generate_series(0, 9) AS lane (number)
            LEFT JOIN taken ON taken.lane = lane.number GROUP BY number ORDER BY number),
        CASE WHEN tally.gold_count > 0 THEN GREATEST({debt}, round(door.gold_in + 2 - tally.count
                + (tally.gold_count - 1) * 100.0 / door.gold_percent
                + floor(random() * (200.0 / door.gold_percent - 3))))
            ELSE GREATEST(door.gold_in - tally.count, 0) END,
        tally.count, door.ration_round, tally.count, now()
    FROM tally, door WHERE tally.count > 0
    ON CONFLICT (project_id, labeler_id) DO UPDATE
    SET cursors = ARRAY(SELECT GREATEST(before, after)
            FROM unnest(seat.cursors, excluded.cursors) AS lane (before, after)),
        swept_at = NULL,
        gold_in = CASE WHEN (SELECT gold_count FROM tally) > 0 THEN excluded.gold_in
            ELSE GREATEST(seat.gold_in - excluded.leases_count, 0) END,
        leases_count = seat.leases_count + excluded.leases_count,
        ration_count = excluded.ration_count + CASE
            WHEN seat.ration_round = excluded.ration_round THEN seat.ration_count ELSE 0 END,
        ration_round = excluded.ration_round
), placed AS (
    SELECT id, data, place FROM ordered JOIN (
        SELECT place, row_number() OVER (ORDER BY place) FROM generate_series(0, {last}) AS place
        WHERE place NOT IN (SELECT place FROM own)) AS free USING (row_number)
), leased AS (  -- a state other than EXPIRED would become NULL: the whole statement is refused
    INSERT INTO labeling_assignment AS lease
        (project_id, task_id, labeler_id, state, place, leased_at, leased_until)
    SELECT %(project)s, placed.id, %(labeler)s, 'LIVE', placed.place, now(),
        now() + door.lease_minutes * interval '1 minute'
    FROM placed, door
    ON CONFLICT (task_id, labeler_id) DO UPDATE
    SET state = CASE lease.state WHEN 'EXPIRED' THEN 'LIVE' END, place = excluded.place,
        leased_at = excluded.leased_at, leased_until = excluded.leased_until, ended_at = NULL
    RETURNING id, task_id, leased_until, place
)
SELECT door.state, door.owner_id, door.config_version, door.is_barred, door.is_unknown,
    door.quota_left, held.is_due, held.id, held.task_id, held.leased_until, held.data
FROM door LEFT JOIN (
    SELECT own.is_due, own.id, own.task_id, own.leased_until, task.data::text AS data,
        false AS is_new, own.id AS turn
    FROM own JOIN labeling_task AS task ON task.id = own.task_id
    UNION ALL
    SELECT false, leased.id, leased.task_id, leased.leased_until, taken.data, true, leased.place
    FROM leased JOIN taken ON taken.id = leased.task_id
) AS held ON true
ORDER BY held.is_new, held.turn
""".replace("{last}", str(PLACES - 1)).replace("{debt}", str(GOLD_DEBT))
LOCK_FREE, LOCK_WAITING = "FOR NO KEY UPDATE OF task SKIP LOCKED", "FOR NO KEY UPDATE OF task"
LEASE_NEXT = LEASE.format(
    where="task.rank > COALESCE((SELECT cursors[lane.number + 1] FROM door), 0)", lock=LOCK_FREE
)
SWEEP = "(SELECT swept_at < now() - %(sweep)s * interval '1 second' FROM door)"
LEASE_ANY = LEASE.format(where=f"COALESCE({SWEEP}, true)", lock=LOCK_FREE)
LEASE_ONE = LEASE.format(where="task.id = %(task)s", lock=LOCK_WAITING)

# The first task that would suit, whoever has it locked. Gold is no work that waits.
HELD_UP = """
    SELECT task.id
    FROM labeling_project AS project LEFT JOIN labeling_membership AS seat
        ON seat.project_id = project.id AND seat.labeler_id = %(labeler)s,
    unnest(project.lanes) WITH ORDINALITY AS lane (number, turn), LATERAL (
        SELECT task.id FROM labeling_task AS task
        WHERE task.project_id = project.id AND task.lane = lane.number AND task.is_offered
            AND NOT EXISTS (
                SELECT 1 FROM labeling_assignment AS done
                WHERE done.task_id = task.id AND done.labeler_id = %(labeler)s
                    AND done.state <> 'EXPIRED' OFFSET 0)
        ORDER BY task.rank LIMIT 1
    ) AS task
    WHERE project.id = %(project)s AND lane.number < 10
        AND COALESCE(seat.swept_at < now() - %(sweep)s * interval '1 second', true)
    ORDER BY lane.turn LIMIT 1
"""
# Who asks all the time does not put the next look off by it.
SWEPT = """
    INSERT INTO labeling_membership AS seat
        (project_id, labeler_id, cursors, joined_at, swept_at)
    VALUES (%(project)s, %(labeler)s, array_fill(0::bigint, ARRAY[10]), now(), now())
    ON CONFLICT (project_id, labeler_id) DO UPDATE SET swept_at = now()
    WHERE COALESCE(seat.swept_at < now() - %(sweep)s * interval '1 second', true)
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
        found = _take(LEASE_NEXT, who)
        if found.is_unknown:
            eligibility.admit(project_id, labeler_id=labeler_id)
        elif found.is_due:
            slots.expire(project_id=project_id)
        elif found.leases:
            return found.leases[:count]
        elif not slots.expire(project_id=project_id):
            return _sweep(who)
    return []


def _sweep(who: dict[str, Any]) -> list[Lease]:
    """A look at the whole queue, also at rows that were locked when the cursor passed them.

    What others lock is waited for, so none means none; who just looked is not let look again at
    once. One row at a time, with none in the hand: who waits for several in the order of their
    ranks would run into `slots`, where they are locked in the order of their ids.
    """
    waited_for = None
    for _ in range(ATTEMPTS_LIMIT):
        if found := _take(LEASE_ANY, who).leases:
            return found
        task_id = _held_up(who)
        if task_id in (None, waited_for):  # twice: they have had their share of this round
            break
        if found := _take(LEASE_ONE, {**who, "task": task_id}).leases:
            return found
        waited_for = task_id
    with connection.cursor() as cursor:
        cursor.execute(SWEPT, who)
    return []


def _held_up(who: dict[str, Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(HELD_UP, who)
        row = cursor.fetchone()
    return row[0] if row else None


def take_again(task_id: int, *, project_id: int, labeler_id: int) -> bool:
    """True if a lease that was over is theirs once more, from when it first began: nobody else has
    taken its slot, and they could take it as anybody. Raises as `leases`.
    """
    mine = Assignment.objects.filter(task_id=task_id, labeler_id=labeler_id)
    began_at = mine.values_list("leased_at", flat=True).get()
    who = {"project": project_id, "labeler": labeler_id, "task": task_id, "count": PLACES}
    for _ in range(ATTEMPTS_LIMIT):
        found = _take(LEASE_ONE, who)
        if found.is_unknown:
            eligibility.admit(project_id, labeler_id=labeler_id)
        elif found.is_due:
            slots.expire(project_id=project_id)
        else:
            return bool(mine.live().update(leased_at=began_at))
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
    return _Taken(is_due=False, is_unknown=False, leases=held)


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
        raise LeaseExpired(state=get(assignment_id, labeler_id=labeler_id).state)
    return row[0]


def give_back(assignment_id: int, *, labeler_id: int) -> None:
    """The slot is free for somebody else; given back before is given back.

    Raises NotFound, NotYourAssignment, LeaseExpired when it is over or answered.
    """
    assignment = get(assignment_id, labeler_id=labeler_id)
    if slots.give_back(assignment_id, labeler_id=labeler_id):
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
