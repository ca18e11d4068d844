"""The fair queue: while work is scarce, everybody gets a share before anybody gets a second one.

Scarce is a project with fewer free slots than STIPEND_SCARCE_TASKS for each labeler at work in it.
Then each of them may take their part of the free slots a round; what slow ones leave is shared
out anew in the next. The hand-out reads the ration from the project's row: no cost a task.
"""

from django.conf import settings
from django.db import connection

# The count stops as soon as there is plenty, so its cost does not grow with the project.
RATION = """
WITH busy AS (
    SELECT project.id, project.ration, project.ration_round,
        (SELECT count(DISTINCT labeler_id) FROM labeling_assignment AS lease
            WHERE lease.project_id = project.id AND lease.state = 'LIVE') AS labelers
    FROM labeling_project AS project WHERE project.state = 'OPEN'
), counted AS (
    SELECT busy.*, (
        SELECT COALESCE(sum(free_count), 0) FROM (
            SELECT free_count FROM labeling_task AS task
            WHERE task.project_id = busy.id AND task.lane < 10 AND task.is_offered
            LIMIT busy.labelers * %(scarce)s) AS free) AS free
    FROM busy
), fresh AS (
    SELECT id, CASE WHEN labelers > 1 AND free < labelers * %(scarce)s
            THEN GREATEST(ceil(free::numeric / labelers), 1)::int END AS ration,
        floor(extract(epoch FROM now()) / %(seconds)s)::bigint AS round
    FROM counted
), free AS MATERIALIZED (
    SELECT project.id, fresh.ration, fresh.round
    FROM labeling_project AS project JOIN fresh ON fresh.id = project.id
    WHERE project.state = 'OPEN' AND (
        (project.ration IS NULL) <> (fresh.ration IS NULL)
        OR fresh.ration IS NOT NULL AND project.ration_round <> fresh.round)
    {lock}
)
UPDATE labeling_project AS project SET ration = free.ration, ration_round = free.round
FROM free WHERE project.id = free.id
"""
# A project that somebody changes has its turn the next time: who waited for it would keep those
# waiting who need the others.
LOCK = "FOR NO KEY UPDATE OF project SKIP LOCKED"


def share_out() -> int:
    """How many projects began or ended a round."""
    values = {"scarce": settings.STIPEND_SCARCE_TASKS, "seconds": settings.STIPEND_ROUND_SECONDS}
    with connection.cursor() as cursor:
        cursor.execute(RATION.format(lock=LOCK), values)
        return cursor.rowcount
