"""The hand-out in SQL, one statement each: look who asks, pick, count, move the cursor, lease.

Lock order: task, then membership, then assignment. NO KEY: rows that refer to the task do not wait
for it. Lane 10 is gold: it has no cursor, its rank rises by 2³² with each use, so the least used
comes first; from one to the next of one person it is 100 / gold_percent tasks in the mean, however
many they take at once: what a batch has too few of, the next one has more of. A lease is not waited
for to be on the disk: the answer's commit brings it there, and one lost in a crash is a slot that
is free.

Whoever takes one task with none in the hand, as programs do with each answer, needs no windows to
order and place it: half of what PostgreSQL does for `LEASE_NEXT` is to set up its steps and to take
them down again, and `LEASE_FIRST` has half of these.
"""

from labeling.models.assignment import PLACES

GOLD_DEBT = -100  # tasks that gold is late at most, where there was too little of it
# Whoever had all of it, or found none that was free, is not looked at for gold with every task.
GOLD_AGAIN = "round(100.0 / door.gold_percent)"
LOCK_FREE, LOCK_WAITING = "FOR NO KEY UPDATE OF task SKIP LOCKED", "FOR NO KEY UPDATE OF task"

# --- What all of them do ----------------------------------------------------------------------

DOOR = """door AS MATERIALIZED (
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
), own AS MATERIALIZED (
    SELECT id, task_id, place, leased_until, leased_until <= now() AS is_due
    FROM labeling_assignment
    WHERE project_id = %(project)s AND labeler_id = %(labeler)s AND state = 'LIVE'
)"""
# OFFSET 0: one index look-up a row, never a join over all answers
SUITABLE = """SELECT task.id, task.lane, task.rank FROM labeling_task AS task
        WHERE task.project_id = %(project)s AND task.lane = lane.number AND task.is_offered
            AND {where}
            AND NOT EXISTS (
                SELECT 1 FROM labeling_assignment AS done
                WHERE done.task_id = task.id AND done.labeler_id = %(labeler)s
                    AND done.state <> 'EXPIRED' OFFSET 0)
        ORDER BY task.rank"""
TAKEN = """taken AS (
    UPDATE labeling_task AS task
    SET free_count = task.free_count - 1, live_count = task.live_count + 1,
        rank = CASE task.lane WHEN 10 THEN task.rank + 4294967296 ELSE task.rank END
    FROM picked WHERE task.id = picked.id
    RETURNING task.id, task.data::text AS data, picked.lane, picked.rank
)"""
# A state other than EXPIRED would become NULL: the whole statement is refused.
LEASED = """leased AS (
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
ORDER BY held.is_new, held.turn"""

# --- Several at once --------------------------------------------------------------------------

LEASE = f"""
WITH {DOOR}, wanted AS (
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
        {SUITABLE}
        LIMIT (SELECT {{limit}} FROM wanted)
        {{lock}}
    ) AS task
    ORDER BY lane.turn LIMIT (SELECT count FROM wanted)
    ) AS few LIMIT 10
), {TAKEN}, ordered AS (  -- by priority; gold anywhere among them
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
        ARRAY(SELECT COALESCE(max(taken.rank) FILTER (WHERE {{moves}}), 0)
            FROM generate_series(0, 9) AS lane (number)
            LEFT JOIN taken ON taken.lane = lane.number GROUP BY number ORDER BY number),
        CASE WHEN tally.gold_count > 0
            THEN GREATEST({GOLD_DEBT}, round(door.gold_in + 2 - tally.count
                + (tally.gold_count - 1) * 100.0 / GREATEST(door.gold_percent, 1)
                + floor(random() * (200.0 / GREATEST(door.gold_percent, 1) - 3))))
            WHEN wanted.gold_count > 0 THEN {GOLD_AGAIN}
            ELSE GREATEST(door.gold_in - tally.count, 0) END,
        tally.count, door.ration_round, tally.count, now()
    FROM tally, door, wanted WHERE tally.count > 0
    ON CONFLICT (project_id, labeler_id) DO UPDATE
    SET cursors = ARRAY(SELECT GREATEST(before, after)
            FROM unnest(seat.cursors, excluded.cursors) AS lane (before, after)),
        swept_at = NULL,
        gold_in = CASE WHEN (SELECT tally.gold_count + wanted.gold_count FROM tally, wanted) > 0
            THEN excluded.gold_in ELSE GREATEST(seat.gold_in - excluded.leases_count, 0) END,
        leases_count = seat.leases_count + excluded.leases_count,
        ration_count = excluded.ration_count + CASE
            WHEN seat.ration_round = excluded.ration_round THEN seat.ration_count ELSE 0 END,
        ration_round = excluded.ration_round
), placed AS (
    SELECT id, data, place FROM ordered JOIN (
        SELECT place, row_number() OVER (ORDER BY place)
        FROM generate_series(0, {PLACES - 1}) AS place
        WHERE place NOT IN (SELECT place FROM own)) AS free USING (row_number)
), {LEASED}
"""
BEHIND = "task.rank > COALESCE((SELECT cursors[lane.number + 1] FROM door), 0)"
# As far as one look reads; gold, which has no place there, to its end.
WITHIN = f"""task.rank > COALESCE((%(after)s::bigint[])[lane.number + 1], 0)
            AND task.rank <= COALESCE((%(until)s::bigint[])[lane.number + 1], {2**63 - 1})"""
IN_TURN = {"limit": "CASE lane.number WHEN 10 THEN gold_count ELSE count END", "moves": True}
# A lease that was over: what lies before it is not passed by, and gold is not told by its refusal.
OUT_OF_TURN = {"limit": "count", "moves": False}
LEASE_NEXT = LEASE.format(where=BEHIND, lock=LOCK_FREE, **IN_TURN)
LEASE_ANY = LEASE.format(where=WITHIN, lock=LOCK_FREE, **IN_TURN)
LEASE_ONE = LEASE.format(where="task.id = %(task)s", lock=LOCK_WAITING, **IN_TURN)
LEASE_AGAIN = LEASE.format(where="task.id = %(task)s", lock=LOCK_WAITING, **OUT_OF_TURN)

# --- The first in the hand --------------------------------------------------------------------

# What LEASE_NEXT does where `count` is 1. Whoever has one gets that.
LEASE_FIRST = f"""
WITH {DOOR}, picked AS (
    SELECT task.id, task.lane, task.rank
    FROM unnest((SELECT lanes FROM door
        WHERE state = 'OPEN' AND owner_id <> %(labeler)s
            AND NOT is_barred AND NOT is_unknown AND NOT EXISTS (SELECT FROM own)
            AND COALESCE(quota_left, 1) > 0 AND COALESCE(ration_left, 1) > 0
    )) WITH ORDINALITY AS lane (number, turn), LATERAL (
        {SUITABLE.format(where=BEHIND)}
        LIMIT (SELECT CASE WHEN lane.number < 10 OR gold_percent > 0 AND gold_in < 1
            THEN 1 ELSE 0 END FROM door)
        {LOCK_FREE}
    ) AS task
    ORDER BY lane.turn LIMIT 1
), {TAKEN}, moved AS (
    INSERT INTO labeling_membership AS seat
        (project_id, labeler_id, cursors, gold_in, leases_count, ration_round, ration_count,
        joined_at)
    SELECT %(project)s, %(labeler)s,
        array_fill(0::bigint, ARRAY[LEAST(lane, 9)]) || CASE WHEN lane < 10 THEN rank ELSE 0 END
            || array_fill(0::bigint, ARRAY[GREATEST(9 - lane, 0)]),
        CASE WHEN lane = 10 THEN GREATEST({GOLD_DEBT}, round(
                door.gold_in + 1 + floor(random() * (200.0 / door.gold_percent - 3))))
            WHEN door.gold_percent > 0 AND door.gold_in < 1 THEN {GOLD_AGAIN}
            ELSE GREATEST(door.gold_in - 1, 0) END,
        1, door.ration_round, 1, now()
    FROM taken, door
    ON CONFLICT (project_id, labeler_id) DO UPDATE
    SET cursors = CASE WHEN (SELECT lane FROM taken) = 10 THEN seat.cursors ELSE
            (SELECT seat.cursors[1 : lane] || GREATEST(seat.cursors[lane + 1], rank)
                || seat.cursors[lane + 2:] FROM taken) END,
        swept_at = NULL, gold_in = excluded.gold_in, leases_count = seat.leases_count + 1,
        ration_count = 1 + CASE
            WHEN seat.ration_round = excluded.ration_round THEN seat.ration_count ELSE 0 END,
        ration_round = excluded.ration_round
), placed AS (SELECT id, 0 AS place FROM taken), {LEASED}
"""

# --- The look at the whole queue ---------------------------------------------------------------

# What one look reads, in each lane behind what the last one read, and no row if one came to the end
# a moment ago. Its cost does not grow with the queue: `until` is NULL where it reaches the end.
WINDOW = """
    SELECT array_agg(after ORDER BY number), array_agg(until ORDER BY number)
    FROM (
        SELECT lane.number, start.after, (
            SELECT task.rank FROM labeling_task AS task
            WHERE task.project_id = project.id AND task.lane = lane.number AND task.is_offered
                AND task.rank > start.after
            ORDER BY task.rank OFFSET %(rows)s - 1 LIMIT 1) AS until
        FROM labeling_project AS project LEFT JOIN labeling_membership AS seat
            ON seat.project_id = project.id AND seat.labeler_id = %(labeler)s,
        generate_series(0, 9) AS lane (number),
        LATERAL (SELECT COALESCE(seat.swept_to[lane.number + 1], 0) AS after) AS start
        WHERE project.id = %(project)s
            AND COALESCE(seat.swept_at < now() - %(sweep)s * interval '1 second', true)
    ) AS part HAVING count(*) > 0
"""
# The first task there that would suit, whoever has it locked. Gold is no work that waits.
HELD_UP = f"""
    SELECT task.id
    FROM labeling_project AS project,
    unnest(project.lanes) WITH ORDINALITY AS lane (number, turn), LATERAL (
        SELECT task.id FROM labeling_task AS task
        WHERE task.project_id = project.id AND task.lane = lane.number AND task.is_offered
            AND {WITHIN}
            AND NOT EXISTS (
                SELECT 1 FROM labeling_assignment AS done
                WHERE done.task_id = task.id AND done.labeler_id = %(labeler)s
                    AND done.state <> 'EXPIRED' OFFSET 0)
        ORDER BY task.rank LIMIT 1
    ) AS task
    WHERE project.id = %(project)s AND lane.number < 10
    ORDER BY lane.turn LIMIT 1
"""
# The pause begins at the end of the queue. Who asks all the time does not put the next look off.
SWEPT = """
    INSERT INTO labeling_membership AS seat
        (project_id, labeler_id, cursors, swept_to, joined_at, swept_at)
    VALUES (%(project)s, %(labeler)s, array_fill(0::bigint, ARRAY[10]),
        ARRAY(SELECT COALESCE(rank, 0) FROM unnest(%(until)s::bigint[]) AS part (rank)), now(),
        CASE WHEN num_nonnulls(VARIADIC %(until)s::bigint[]) = 0 THEN now() END)
    ON CONFLICT (project_id, labeler_id) DO UPDATE
    SET swept_to = excluded.swept_to, swept_at = COALESCE(excluded.swept_at, seat.swept_at)
    WHERE COALESCE(seat.swept_at < now() - %(sweep)s * interval '1 second', true)
"""
