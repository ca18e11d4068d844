"""Tallies: what a person's answers are worth that nobody has decided about yet.

Looks at the newest ANSWERS_LIMIT answers: silence accepts within days, so older ones are decided.
"""

from dataclasses import dataclass

from django.db import connection

ANSWERS_LIMIT = 20_000

UNDECIDED = """
    SELECT count(*) FILTER (WHERE answer.state = 'SUBMITTED'),
        COALESCE(sum(project.price_units) FILTER (WHERE answer.state = 'SUBMITTED'), 0)::bigint,
        count(*) FILTER (WHERE answer.state <> 'SUBMITTED'),
        COALESCE(sum(project.price_units) FILTER (WHERE answer.state <> 'SUBMITTED'), 0)::bigint
    FROM (
        SELECT project_id, state FROM labeling_submission
        WHERE labeler_id = %s ORDER BY id DESC LIMIT %s
    ) AS answer
    JOIN labeling_project AS project ON project.id = answer.project_id
    WHERE answer.state IN ('SUBMITTED', 'REJECTED', 'APPEALED')
"""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """`pending` are answers without a verdict, `contested` those rejected and not yet for good."""

    pending_count: int
    pending_units: int
    contested_count: int
    contested_units: int


def of(labeler_id: int) -> Tally:
    """What this person has not been paid for, and may be."""
    with connection.cursor() as cursor:
        cursor.execute(UNDECIDED, [labeler_id, ANSWERS_LIMIT])
        pending_count, pending_units, contested_count, contested_units = cursor.fetchone()
    return Tally(
        pending_count=pending_count,
        pending_units=pending_units,
        contested_count=contested_count,
        contested_units=contested_units,
    )
