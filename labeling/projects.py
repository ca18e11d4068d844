"""Projects: created with a purse, funded when opened, refunded when closed.

Promises: no task is offered before its full cost is held; a load is held for once; a refund
never touches what a running lease, an undecided or a rejected answer may still cost.
Everybody who changes a project locks its row first.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.db.transaction import atomic
from django.utils import timezone

from labeling import answers
from labeling.errors import NotFound, NothingToOpen, ProjectClosed, ProjectNotOpen
from labeling.models import Load, Project, Task
from payments import escrow, money
from payments.errors import InsufficientFunds
from people.models import User

ANALYZE_TASKS = 1000  # loads from this size on refresh the planner's statistics


@atomic
def create(
    owner: User,
    *,
    title: str,
    config: str,
    price_units: int,
    overlap: int = 1,
    **options: object,
) -> Project:
    """A DRAFT with a purse of its own. Options: instructions, lease_minutes, review.

    Raises MalformedConfig, UnknownControl, InvalidAmount for a price that nobody can be paid.
    """
    if not 0 < price_units <= settings.STIPEND_PRICE_LIMIT_UNITS:
        limit = money.format(settings.STIPEND_PRICE_LIMIT_UNITS)
        raise money.InvalidAmount(f"A price is more than nothing and at most {limit}.")
    answers.parse(config)
    project = Project.objects.create(
        owner=owner,
        title=title,
        config=config,
        price_units=price_units,
        fee_units=money.fee(price_units),
        overlap=overlap,
        **options,
    )
    project.purse_id = escrow.open_purse(f"project:{project.pk}")
    project.save(update_fields=["purse_id"])
    return project


def owned(project_id: int, *, owner: User) -> Project:
    """The requester's own project; raises NotFound for anybody else's."""
    project = Project.objects.owned_by(owner).filter(pk=project_id).first()
    if project is None:
        raise NotFound("There is no such project of yours.")
    return project


def lock(project_id: int) -> Project:
    """The project, locked to the end of the transaction; raises ProjectClosed."""
    project = Project.objects.locked().get(pk=project_id)
    if project.state == Project.State.CLOSED:
        raise ProjectClosed()
    return project


@dataclass(frozen=True)
class Opening:
    """What `open_tasks` did."""

    project: Project
    opened_count: int
    held_units: int


@atomic
def open_tasks(project: Project) -> Opening:
    """Every loaded task is funded and offered, or none is; a paused project goes on.

    Raises InsufficientFunds, ProjectClosed, NothingToOpen.
    """
    project = lock(project.pk)
    loads = list(project.loads.filter(state=Load.State.LOADED).order_by("created_at"))
    if project.state == Project.State.DRAFT and not any(load.added_count for load in loads):
        raise NothingToOpen()
    opened_count = sum(load.added_count for load in loads)
    held_units = opened_count * project.cost_per_task_units
    _refuse_short(project, needed_units=held_units)
    for load in loads:
        _open_load(project, load)
    if opened_count >= ANALYZE_TASKS:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE labeling_task")
    project.state = Project.State.OPEN
    project.opened_at = project.opened_at or timezone.now()
    project.save(update_fields=["state", "opened_at"])
    return Opening(project=project, opened_count=opened_count, held_units=held_units)


def _refuse_short(project: Project, *, needed_units: int) -> None:
    """The sum of all loads in one message; the window checks each again under its lock."""
    available_units = escrow.balances(project.purse_id).get("FUNDS", 0)
    if needed_units > available_units:
        raise InsufficientFunds(needed_units=needed_units, available_units=available_units)


# Materialized, so that ranks are drawn in the order of import.
OPEN_LOAD = """
    WITH loaded AS MATERIALIZED (
        SELECT id FROM labeling_task
        WHERE load_id = %s AND project_id = %s AND state = 'LOADED' ORDER BY id
    ), ranked AS MATERIALIZED (
        SELECT id, nextval('labeling_task_id_seq') AS rank FROM loaded
    )
    UPDATE labeling_task AS task SET state = 'OPEN', free_count = task.overlap, rank = ranked.rank
    FROM ranked WHERE task.id = ranked.id
"""


def _open_load(project: Project, load: Load) -> None:
    load.held_units = load.added_count * project.cost_per_task_units
    if load.held_units:
        escrow.hold(project.purse_id, key=load.hold_key, amount_units=load.held_units)
        with connection.cursor() as cursor:
            cursor.execute(OPEN_LOAD, [load.pk, project.pk])
    load.state = Load.State.OPENED
    load.opened_at = timezone.now()
    load.save(update_fields=["held_units", "state", "opened_at"])


@atomic
def pause(project: Project) -> Project:
    """Nothing more is handed out; whoever holds a task may still answer it."""
    project = lock(project.pk)
    if project.state != Project.State.OPEN:
        raise ProjectNotOpen()
    project.state = Project.State.PAUSED
    project.save(update_fields=["state"])
    return project


CLOSE_TASKS = """
    UPDATE labeling_task
    SET free_count = 0,
        state = CASE
            WHEN live_count > 0 THEN state
            WHEN done_count > 0 THEN 'ANSWERED'
            ELSE 'CLOSED'
        END
    WHERE project_id = %s AND state IN ('LOADED', 'OPEN')
"""


@atomic
def close(project: Project) -> Project:
    """No slot is free any more and what is not needed is back in FUNDS; closed twice is closed.

    Whoever holds a task may still answer it, and is judged and paid as ever.
    """
    project = Project.objects.locked().get(pk=project.pk)
    if project.state != Project.State.CLOSED:
        with connection.cursor() as cursor:
            cursor.execute(CLOSE_TASKS, [project.pk])
        project.loads.filter(state=Load.State.LOADED).update(state=Load.State.DROPPED)
        project.state = Project.State.CLOSED
        project.closed_at = timezone.now()
        project.save(update_fields=["state", "closed_at"])
    _refund(project)
    return project


COMMITTED = """
    SELECT (SELECT count(*) FROM labeling_assignment WHERE project_id = %(id)s AND state = 'LIVE')
         + (SELECT count(*) FROM labeling_submission
            WHERE project_id = %(id)s AND state IN ('SUBMITTED', 'REJECTED'))
"""


def _refund(project: Project) -> None:
    """Back to FUNDS goes what no answer can cost any more.

    Answers are counted before the balance is read: one accepted in between makes the refund
    smaller, never larger, and the next call brings the rest.
    """
    with connection.cursor() as cursor:
        cursor.execute(COMMITTED, {"id": project.pk})
        (committed_count,) = cursor.fetchone()
    held_units = escrow.balances(project.purse_id).get("HELD", 0)
    spare_units = held_units - committed_count * project.cost_per_label_units
    if spare_units <= 0:
        return
    project.refunds_count += 1
    project.save(update_fields=["refunds_count"])
    key = f"refund:{project.pk}:{project.refunds_count}"
    escrow.refund(project.purse_id, key=key, amount_units=spare_units)


def withdraw(project: Project, *, amount_units: int, address: object, key: str) -> dict[str, Any]:
    """Funds that no task is held for leave for the requester's wallet, once for this key.

    Raises BelowMinimum, MalformedAddress, InsufficientFunds, KeyReused.
    """
    return escrow.withdraw(project.purse, key=key, amount_units=amount_units, address=address)


def refund_closed(project_ids: set[int]) -> None:
    """What ended leases left in the HELD of closed projects goes back."""
    for project in Project.objects.filter(pk__in=project_ids, state=Project.State.CLOSED):
        close(project)


COUNTS = """
    SELECT count(*),
        count(*) FILTER (WHERE state = 'LOADED'),
        count(*) FILTER (WHERE state = 'OPEN'),
        count(*) FILTER (WHERE state IN ('ANSWERED', 'JUDGED'))
    FROM labeling_task WHERE project_id = %(id)s
"""
SUBMISSION_COUNTS = """
    SELECT count(*),
        count(*) FILTER (WHERE state = 'ACCEPTED'),
        count(*) FILTER (WHERE state = 'REJECTED')
    FROM labeling_submission WHERE project_id = %(id)s
"""


def counts(project: Project) -> dict[str, int]:
    """How far the work is: for the requester's page, not for the hot path."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"id": project.pk})
        tasks = cursor.fetchone()
        cursor.execute(SUBMISSION_COUNTS, {"id": project.pk})
        submissions = cursor.fetchone()
    return {
        **dict(zip(["tasks", "loaded", "open", "done"], tasks, strict=True)),
        **dict(zip(["submissions", "accepted", "rejected"], submissions, strict=True)),
    }


def prove_holds() -> list[str]:
    """A sentence for each project whose HELD is not the cost of all answers still to be paid."""
    problems = []
    for project in Project.objects.filter(purse_id__isnull=False).order_by("id"):
        slots = project.tasks.filter(state=Task.State.OPEN).aggregate(free=Sum("free_count"))
        with connection.cursor() as cursor:
            cursor.execute(COMMITTED, {"id": project.pk})
            (committed_count,) = cursor.fetchone()
        due_units = ((slots["free"] or 0) + committed_count) * project.cost_per_label_units
        held_units = escrow.balances(project.purse_id).get("HELD", 0)
        if held_units != due_units:
            problems.append(
                f"Project {project.pk} holds {money.format(held_units)}, "
                f"its open answers cost {money.format(due_units)}."
            )
    return problems
