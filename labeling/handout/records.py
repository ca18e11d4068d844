"""How requesters treat people, and how long their tasks take: counted from facts, never claimed.

A requester's record is computed from the newest STIPEND_RECORD_ANSWERS decided answers of the last
STIPEND_RECORD_DAYS days; tests are left out, because theirs are accepted by themselves. What rests
on fewer than STIPEND_RECORD_FACTS facts is not told.

The time for an answer runs from the lease, or from the labeler's former answer to whatever task if
that came later: who takes ten tasks together does not work on all of them at once. The pay for it
is the price once it is accepted, and nothing once it is rejected for good. Programs are left out of
times, which are to tell a person what to expect, and so are answers after less than
STIPEND_PACE_LEAST_SECONDS: programs with a person's key give those, and devices that send what
waited for a connection. Times and pay are the median of each person first and then of the people:
otherwise the one who answered most would speak for everybody.

Kept in the cache for STIPEND_RECORD_SECONDS; without Redis it is counted anew.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from time import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from people.models import User

COUNTING_SECONDS = 30  # until somebody else may count what one began to count


@dataclass(frozen=True, kw_only=True)
class Record:
    """A requester's last three months; None where too little is known.

    `standing_count` are rejections that can still be appealed or are, `final_count` those that
    are over; `appeals_count` the appeals that a jury decided, `appeals_lost_count` those that it
    decided for the labeler, whatever the requester thought of them later.
    """

    decided_count: int = 0
    accepted_count: int = 0
    standing_count: int = 0
    final_count: int = 0
    appeals_count: int = 0
    appeals_lost_count: int = 0
    approval_share: float | None = None
    appeals_lost_share: float | None = None
    median_accept_seconds: float | None = None
    median_hourly_units: int | None = None


# How long a person was busy with an answer.
BUSY = """extract(epoch FROM answer.submitted_at
        - GREATEST(lease.leased_at, former.submitted_at))::float"""
# OFFSET 0: one look into an index an answer, never a join over all there are.
BEGUN = """CROSS JOIN LATERAL (
        SELECT leased_at FROM labeling_assignment WHERE id = answer.assignment_id OFFSET 0
    ) AS lease
    LEFT JOIN LATERAL (
        SELECT submitted_at FROM labeling_submission
        WHERE labeler_id = answer.labeler_id AND id < answer.id ORDER BY id DESC LIMIT 1
    ) AS former ON true"""
RECORDS = f"""
WITH decided AS MATERIALIZED (
    SELECT owner.id AS owner_id, newest.*
    FROM unnest(%(ids)s::bigint[]) AS owner (id) CROSS JOIN LATERAL (
        SELECT answer.*, project.price_units
        FROM labeling_project AS project CROSS JOIN LATERAL (
            SELECT id, assignment_id, labeler_id, state, submitted_at FROM labeling_submission
            WHERE project_id = project.id AND state <> 'SUBMITTED'
            ORDER BY id DESC LIMIT %(answers)s
        ) AS answer
        WHERE project.owner_id = owner.id AND project.kind = 'labeling'
            AND (project.closed_at IS NULL OR project.closed_at > %(since)s)
        ORDER BY answer.id DESC LIMIT %(answers)s
    ) AS newest
    WHERE newest.submitted_at > %(since)s
), facts AS (
    SELECT answer.owner_id, answer.state, answer.labeler_id, answer.price_units,
        extract(epoch FROM accepted.created_at - answer.submitted_at)::float AS waited,
        {BUSY} AS busy
    FROM decided AS answer
    {BEGUN}
    LEFT JOIN LATERAL (
        SELECT created_at FROM labeling_judgement
        WHERE submission_id = answer.id AND verdict = 'ACCEPTED' OFFSET 0
    ) AS accepted ON true
), counted AS (
    SELECT owner_id, count(*) AS decided,
        count(*) FILTER (WHERE state = 'ACCEPTED') AS accepted,
        count(*) FILTER (WHERE state IN ('REJECTED', 'APPEALED')) AS standing,
        count(*) FILTER (WHERE state = 'FORFEITED') AS final,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY waited)
            FILTER (WHERE state = 'ACCEPTED') AS waited
    FROM facts GROUP BY owner_id
), people AS (
    SELECT owner_id, labeler_id, count(*) AS count,
        percentile_cont(0.5) WITHIN GROUP (
            ORDER BY CASE state WHEN 'ACCEPTED' THEN price_units ELSE 0 END * 3600.0 / busy
        ) AS hourly
    FROM facts WHERE state IN ('ACCEPTED', 'FORFEITED') AND busy >= %(least)s
    GROUP BY owner_id, labeler_id
), paid AS (
    SELECT owner_id, sum(count) AS count,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY hourly) AS hourly
    FROM people JOIN people_user AS person ON person.id = labeler_id AND NOT person.is_agent
    GROUP BY owner_id
), appeals AS (
    SELECT project.owner_id, count(*) AS decided,
        count(*) FILTER (WHERE contested.jury_state = 'OVERTURNED') AS lost
    FROM labeling_project AS project
    JOIN labeling_case AS contested ON contested.project_id = project.id
    WHERE project.owner_id = ANY(%(ids)s) AND contested.created_at > %(since)s
        AND contested.jury_state <> ''
    GROUP BY project.owner_id
)
SELECT owner.id, COALESCE(counted.decided, 0), COALESCE(counted.accepted, 0),
    COALESCE(counted.standing, 0), COALESCE(counted.final, 0),
    COALESCE(appeals.decided, 0), COALESCE(appeals.lost, 0), counted.waited,
    COALESCE(paid.count, 0), paid.hourly
FROM unnest(%(ids)s::bigint[]) AS owner (id)
LEFT JOIN counted ON counted.owner_id = owner.id
LEFT JOIN paid ON paid.owner_id = owner.id
LEFT JOIN appeals ON appeals.owner_id = owner.id
"""
PACES = f"""
WITH facts AS (
    SELECT project.id AS project_id, answer.labeler_id, {BUSY} AS busy
    FROM unnest(%(ids)s::bigint[]) AS project (id) CROSS JOIN LATERAL (
        SELECT id, assignment_id, labeler_id, state, submitted_at FROM labeling_submission
        WHERE project_id = project.id ORDER BY id DESC LIMIT %(answers)s
    ) AS answer
    {BEGUN}
    WHERE answer.state IN ('SUBMITTED', 'ACCEPTED')
), people AS (
    SELECT project_id, labeler_id, count(*) AS count,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY busy) AS seconds
    FROM facts WHERE busy >= %(least)s GROUP BY project_id, labeler_id
)
SELECT project_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
FROM people JOIN people_user AS person ON person.id = labeler_id AND NOT person.is_agent
GROUP BY project_id HAVING sum(count) >= %(facts)s
"""


def of_requester(user_id: int) -> Record:
    """The true record of one requester."""
    return of_requesters([user_id])[user_id]


def of_requesters(user_ids: Iterable[int]) -> dict[int, Record]:
    """The same for many, in one statement for all that the cache does not have."""
    kept = _kept("record", user_ids, _count_records)
    return {user_id: Record(**fields) for user_id, fields in kept.items()}


def of_project(project_id: int) -> float | None:
    """How many seconds a person needs for one task here; None where too little is known."""
    return of_projects([project_id])[project_id]


def of_projects(project_ids: Iterable[int]) -> dict[int, float | None]:
    """The same for many, in one statement for all that the cache does not have."""
    return _kept("pace", project_ids, _count_paces)


def is_requester(user: User) -> bool:
    """True if there may be a record: somebody who asks for labels, or did."""
    return user.is_requester or user.projects.exists()


def _count_records(user_ids: list[int]) -> dict[int, dict[str, Any]]:
    since = timezone.now() - timedelta(days=settings.STIPEND_RECORD_DAYS)
    values = {
        "ids": user_ids,
        "since": since,
        "answers": settings.STIPEND_RECORD_ANSWERS,
        "least": settings.STIPEND_PACE_LEAST_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORDS, values)
        return {row[0]: asdict(_record(*row[1:])) for row in cursor.fetchall()}


def _record(*row: Any) -> Record:
    decided, accepted, standing, final, appeals, lost, waited, paid, hourly = row
    least = settings.STIPEND_RECORD_FACTS
    return Record(
        decided_count=decided,
        accepted_count=accepted,
        standing_count=standing,
        final_count=final,
        appeals_count=appeals,
        appeals_lost_count=lost,
        approval_share=accepted / decided if decided >= least else None,
        appeals_lost_share=lost / appeals if appeals >= least else None,
        median_accept_seconds=waited if accepted >= least else None,
        median_hourly_units=round(hourly) if paid >= least else None,
    )


def _count_paces(project_ids: list[int]) -> dict[int, float | None]:
    values = {
        "ids": project_ids,
        "answers": settings.STIPEND_PACE_ANSWERS,
        "facts": settings.STIPEND_RECORD_FACTS,
        "least": settings.STIPEND_PACE_LEAST_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(PACES, values)
        return dict.fromkeys(project_ids) | dict(cursor.fetchall())


def _kept(
    kind: str, ids: Iterable[int], count: Callable[[list[int]], dict[int, Any]]
) -> dict[int, Any]:
    """From the cache what is fresh enough; the rest is counted, and kept if there is a cache.

    What has just become too old is counted by one alone, and others make do with it meanwhile.
    """
    keys = {pk: f"{kind}:{pk}" for pk in ids}
    try:
        held = cache.get_many(list(keys.values()))
        due = [pk for pk, key in keys.items() if key not in held or _is_due(key, held[key])]
    except RedisError:
        held, due = {}, list(keys)
    found = {pk: held[key]["value"] for pk, key in keys.items() if key in held}
    if not due:
        return found
    counted = count(due)
    fresh = {keys[pk]: {"value": value, "counted_at": time()} for pk, value in counted.items()}
    with suppress(RedisError):
        cache.set_many(fresh, timeout=2 * settings.STIPEND_RECORD_SECONDS)
    return found | counted


def _is_due(key: str, kept: dict[str, Any]) -> bool:
    """True if it is too old, and nobody else counts it right now."""
    is_old = kept["counted_at"] < time() - settings.STIPEND_RECORD_SECONDS
    return is_old and cache.add(f"{key}:counting", True, timeout=COUNTING_SECONDS)
