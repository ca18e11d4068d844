"""Projects as their requesters see them: money and progress, many at a time.

The number of statements does not depend on how many projects are asked about. It is for a
requester's list and programs, never for the hot path: tasks and answers are counted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from labeling.models import Load, Project
from labeling.orders import openings
from payments import escrow

COUNTS = """
    SELECT project_id, count(*),
        count(*) FILTER (WHERE state = 'LOADED'),
        count(*) FILTER (WHERE state = 'OPEN' AND lane < 10),
        count(*) FILTER (WHERE state IN ('ANSWERED', 'JUDGED')),
        count(*) FILTER (WHERE state = 'PAUSED'),
        count(*) FILTER (WHERE expected IS NOT NULL)
    FROM labeling_task WHERE project_id = ANY(%s) GROUP BY project_id
"""
SUBMISSION_COUNTS = """
    SELECT project_id, count(*),
        count(*) FILTER (WHERE state = 'ACCEPTED'),
        count(*) FILTER (WHERE state IN ('REJECTED', 'APPEALED', 'FORFEITED'))
    FROM labeling_submission WHERE project_id = ANY(%s) GROUP BY project_id
"""
COUNTED = ["tasks", "loaded", "open", "done", "paused", "gold"]
SUBMISSIONS_COUNTED = ["submissions", "accepted", "rejected"]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """One project: `balances` are the units of its purse by kind of account, `deposit` says what
    to call on chain, `opening_units` is what opening the loaded tasks now would hold, answers to
    gold included, and `counts` says how far the work is."""

    balances: dict[str, int]
    deposit: dict[str, Any]
    opening_units: int
    counts: dict[str, int]


def of(projects: Sequence[Project]) -> dict[int, Overview]:
    """The overviews of these projects, by their ids."""
    purse_ids = [project.purse for project in projects]
    balances = escrow.balances_of(purse_ids)
    deposits = escrow.deposit_instructions_of(purse_ids)
    costs, counts = _costs(projects), _counts(projects)
    return {
        project.pk: Overview(
            balances=balances[project.purse],
            deposit=deposits[project.purse],
            opening_units=costs[project.pk].units,
            counts=counts[project.pk],
        )
        for project in projects
    }


def _costs(projects: Sequence[Project]) -> dict[int, openings.Cost]:
    loads_of: dict[int, list[Load]] = defaultdict(list)
    for load in Load.objects.filter(project__in=projects, state=Load.State.LOADED):
        loads_of[load.project_id].append(load)
    return openings.costs([(project, loads_of[project.pk]) for project in projects])


def _counts(projects: Sequence[Project]) -> dict[int, dict[str, int]]:
    ids = [project.pk for project in projects]
    found = {pk: dict.fromkeys([*COUNTED, *SUBMISSIONS_COUNTED], 0) for pk in ids}
    with connection.cursor() as cursor:
        for statement, names in ((COUNTS, COUNTED), (SUBMISSION_COUNTS, SUBMISSIONS_COUNTED)):
            cursor.execute(statement, [ids])
            for pk, *numbers in cursor.fetchall():
                found[pk] |= dict(zip(names, numbers, strict=True))
    return found
