"""Loaded tasks are offered: what that costs, and how many answers to gold go with it.

Called by `projects` alone, which holds the money for what is offered here, with the project
locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from labeling.content import gold
from labeling.models import Load, Project
from labeling.models.task import GOLD_LANE

ANALYZE_TASKS = 1000  # loads from this size on refresh the planner's statistics
GOLD_SLOTS_LIMIT = 15_000  # offered at once of one gold task; one offered more before is worn out


@dataclass(frozen=True)
class Cost:
    """What is to be held: `gold_slots` for each gold task, `units` for everything."""

    tasks_count: int
    gold_count: int
    gold_slots: int
    units: int


@dataclass(frozen=True)
class _Offered:
    """What is open already: slots of common tasks and of gold, and how many tasks are gold that
    may be asked on, those whose slots are used up for now included."""

    slots: int = 0
    gold_slots: int = 0
    gold_count: int = 0


OFFERED = """
    SELECT project_id,
        COALESCE(sum(free_count + spare_count) FILTER (WHERE lane < 10), 0)::bigint,
        COALESCE(sum(free_count) FILTER (WHERE lane = 10), 0)::bigint,
        count(*) FILTER (WHERE lane = 10 AND overlap <= %s)
    FROM labeling_task
    WHERE project_id = ANY(%s) AND (state = 'OPEN' OR lane = 10 AND state IN ('ANSWERED', 'JUDGED'))
    GROUP BY project_id
"""


def cost(project: Project, loads: Sequence[Load]) -> Cost:
    """The cost of offering these loads, with the gold that they and former ones need."""
    return costs([(project, loads)])[project.pk]


def costs(wanted: Sequence[tuple[Project, Sequence[Load]]]) -> dict[int, Cost]:
    """The same for many projects, by their ids, in one statement."""
    loading = [project.pk for project, loads in wanted if loads]
    with connection.cursor() as cursor:
        cursor.execute(OFFERED, [GOLD_SLOTS_LIMIT, loading])
        offered = {pk: _Offered(*numbers) for pk, *numbers in cursor.fetchall()}
    return {
        project.pk: _cost(project, loads, offered.get(project.pk, _Offered()))
        for project, loads in wanted
    }


def _cost(project: Project, loads: Sequence[Load], offered: _Offered) -> Cost:
    """With a gold percent of p, p / (100 − p) answers to gold come with each other answer."""
    common = sum(load.added_count for load in loads if not _is_mixed_in(project, load))
    fresh_gold = sum(load.added_count for load in loads if _is_mixed_in(project, load))
    gold_count = offered.gold_count + fresh_gold
    each = 0
    if gold_count and loads:
        slots = offered.slots + common * project.overlap_max
        needed = slots * project.gold_percent / (100 - project.gold_percent) - offered.gold_slots
        each = min(max(-int(-needed // gold_count), 0), GOLD_SLOTS_LIMIT)
    units = common * project.cost_per_task_units + gold_count * each * project.cost_per_label_units
    return Cost(common + fresh_gold, gold_count, each, units)


def _is_mixed_in(project: Project, load: Load) -> bool:
    """True for gold among other tasks; a test has nothing but known answers."""
    return load.is_gold and project.kind == Project.Kind.LABELING


# Materialized, so that ranks are drawn in the order of import.
OPEN_LOAD = """
    WITH loaded AS MATERIALIZED (
        SELECT id FROM labeling_task
        WHERE load_id = %(load)s AND project_id = %(project)s AND state = 'LOADED' ORDER BY id
    ), ranked AS MATERIALIZED (
        SELECT id, nextval('labeling_task_id_seq') AS rank FROM loaded
    )
    UPDATE labeling_task AS task
    SET state = 'OPEN', rank = ranked.rank,
        free_count = CASE lane WHEN 10 THEN 0 ELSE %(overlap)s END,
        spare_count = CASE lane WHEN 10 THEN 0 ELSE task.overlap - %(overlap)s END,
        overlap = CASE lane WHEN 10 THEN 0 ELSE task.overlap END
    FROM ranked WHERE task.id = ranked.id
"""
OFFER_GOLD = """
    UPDATE labeling_task
    SET state = 'OPEN', free_count = free_count + %(slots)s, overlap = overlap + %(slots)s
    WHERE project_id = %(project)s AND lane = 10 AND state IN ('OPEN', 'ANSWERED', 'JUDGED')
        AND overlap <= %(limit)s
"""


def offer(project: Project, loads: Sequence[Load], wanted: Cost) -> int:
    """The tasks are open; each load says what is to be held for it. How many answers to gold go
    with them all: gold that was taken out since it was counted costs nothing.
    """
    gold_count = 0
    with connection.cursor() as cursor:
        for load in loads:
            values = {"load": load.pk, "project": project.pk, "overlap": project.overlap}
            cursor.execute(OPEN_LOAD, values)
        if wanted.gold_slots:
            slots = {"slots": wanted.gold_slots, "limit": GOLD_SLOTS_LIMIT}
            cursor.execute(OFFER_GOLD, {**slots, "project": project.pk})
            gold_count = cursor.rowcount
        if wanted.tasks_count >= ANALYZE_TASKS:
            cursor.execute("ANALYZE labeling_task")
    for load in loads:
        if not _is_mixed_in(project, load):
            load.held_units = load.added_count * project.cost_per_task_units
        _opened(load)
    lanes = {GOLD_LANE if _is_mixed_in(project, load) else load.priority for load in loads}
    project.lanes = sorted(lanes.union(project.lanes), reverse=True)
    return gold_count * wanted.gold_slots


def _opened(load: Load) -> None:
    if load.is_gold:
        gold.commit(load)
    load.state = Load.State.OPENED
    load.opened_at = timezone.now()
    load.save(update_fields=["held_units", "state", "opened_at"])
