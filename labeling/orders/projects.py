"""Projects: created with a purse, funded when opened, refunded when closed.

Promises: no task is offered before its full cost is held; a load is held for once; a refund
never touches what a running lease, an undecided or a contested answer may still cost.
Everybody who changes a project locks its row first.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import F, Model, Sum
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling import answers, attempts, causes
from labeling.content import examples
from labeling.errors import InvalidSettings, NotFound, NothingToOpen, ProjectClosed, ProjectNotOpen
from labeling.models import Load, Project
from labeling.orders import openings, rules
from payments import escrow, money
from payments.errors import InsufficientFunds, KeyReused
from people import two_step
from people.models import User


@atomic
def create(
    owner: User,
    *,
    title: str,
    config: str,
    price_units: int,
    overlap: int | None = None,
    **options: Any,
) -> Project:
    """A DRAFT with a purse of its own. Options: the other fields of `Project`, and `key`: under one
    key an owner has one project, the one that was made first, as it is now.

    With a confidence and no `overlap_max`, up to three times the overlap may be asked. Without an
    overlap one is asked, and in a free test as many as may be; a paid one has to say it.
    Raises MalformedConfig, UnknownControl, InvalidAmount for a price that nobody can be paid,
    KeyReused, and what `rules.check` and `examples.put` raise.
    """
    key = options.pop("key", "")
    kind = options.get("kind", Project.Kind.LABELING)
    overlap = _asked_of(kind, price_units) if overlap is None else overlap
    asked_for = _fingerprint(title, config, price_units, overlap, options)
    if key and (made := _asked_before(owner, key, asked_for)):
        return made
    _check_price(price_units, is_free=kind == Project.Kind.TEST)
    asked = answers.parse(config).controls.values()
    shown = options.pop("examples", [])
    is_fixed = options.get("confidence") is None
    most = overlap if is_fixed else min(3 * overlap, rules.overlap_limit(kind))
    project = Project(
        owner=owner,
        title=title,
        config=config,
        controls=sorted({type(control).__name__ for control in asked}),
        price_units=price_units,
        fee_units=money.fee(price_units),
        overlap=overlap,
        **{"overlap_max": most, "review_hours": settings.STIPEND_REVIEW_HOURS, **options},
    )
    rules.check(project)
    if key:
        project.key, project.fingerprint = key, asked_for
    if made := _saved(project):
        return made
    project.purse_id = escrow.open_purse(f"project:{project.pk}")
    project.save(update_fields=["purse_id"])
    if shown:
        examples.put(project, shown)
    return project


def _asked_of(kind: str, price_units: int) -> int:
    """How many people are asked the same, where nothing is said of it."""
    if kind != Project.Kind.TEST:
        return 1
    if price_units:
        raise InvalidSettings("A paid test needs an overlap: how many people each question asks.")
    return rules.overlap_limit(kind)


def _fingerprint(*asked: Any) -> bytes:
    """Of all that was asked for; rows stand for themselves."""
    return sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).digest()


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else str(value)


def _saved(project: Project) -> Project | None:
    """The one that was made at once for the same key, after a wait for it; None if it is this."""
    try:
        with atomic():
            project.save()
    except IntegrityError:
        made = project.key and _asked_before(project.owner, project.key, project.fingerprint)
        if not made:
            raise
        return made
    return None


def _asked_before(owner: User, key: str, fingerprint: bytes) -> Project | None:
    """The project of this key, if there is one; raises KeyReused if it was another one."""
    made = Project.objects.filter(owner=owner, key=key).first()
    if made is not None and bytes(made.fingerprint) != fingerprint:
        raise KeyReused
    return made


def _check_price(price_units: int, *, is_free: bool) -> None:
    if not (0 if is_free else 1) <= price_units <= settings.STIPEND_PRICE_LIMIT_UNITS:
        limit = money.written(settings.STIPEND_PRICE_LIMIT_UNITS)
        sentence = _("A price is more than nothing and at most %(limit)s.")
        raise money.InvalidAmount(sentence % {"limit": limit})


@atomic
def change(project: Project, **wanted: Any) -> Project:
    """The project with other settings, of those in `rules.CHANGEABLE`, or other `examples`.

    Admissions start anew. Raises ProjectClosed, and what `rules.change` and `examples.put` raise.
    """
    project = lock(project.pk)
    shown = wanted.pop("examples", None)
    rules.change(project, wanted)
    project.save()
    if shown is not None:
        examples.put(project, shown)
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

    Raises InsufficientFunds, ProjectClosed, NothingToOpen, and InvalidSettings for a test that
    could not be judged.
    """
    project = lock(project.pk)
    loads = list(project.loads.filter(state=Load.State.LOADED).order_by("created_at"))
    if project.state == Project.State.DRAFT and not any(load.added_count for load in loads):
        raise NothingToOpen()
    _check_test(project, loads)
    cost = openings.cost(project, loads)
    available_units = escrow.balances(project.purse_id).get("FUNDS", 0)
    if cost.units > available_units:
        raise InsufficientFunds(needed_units=cost.units, available_units=available_units)
    gold_answers = openings.offer(project, loads, cost)
    held_units = _hold(project, loads, gold_answers)
    project.state = Project.State.OPEN
    project.opened_at = project.opened_at or timezone.now()
    project.save(update_fields=["state", "opened_at", "lanes"])
    return Opening(project=project, opened_count=cost.tasks_count, held_units=held_units)


def _hold(project: Project, loads: Sequence[Load], gold_answers: int) -> int:
    """What is held now, under a key for each load, and one for the answers to gold."""
    held = [(load.hold_key, load.held_units, causes.OPENED, load.added_count) for load in loads]
    if gold_answers:
        gold_units = gold_answers * project.cost_per_label_units
        held += [(loads[-1].gold_hold_key, gold_units, causes.OPENED_GOLD, gold_answers)]
    for key, amount_units, sentence, number in held:
        if amount_units:
            cause = sentence % {"number": number}
            escrow.hold(project.purse, key=key, amount_units=amount_units, cause=cause)
    return sum(amount_units for _, amount_units, _, _ in held)


def _check_test(project: Project, loads: list[Load]) -> None:
    """A test can be judged: every answer is known, and there are enough of them."""
    if project.kind != Project.Kind.TEST:
        return
    if not all(load.is_gold for load in loads):
        raise InvalidSettings("A test asks only what is known: load its tasks as gold.")
    loaded = project.tasks.filter(expected__isnull=False).count()
    if loaded < (project.quota or 0):
        raise InvalidSettings(
            "A test of %(quota)s tasks has %(loaded)s: load more gold.",
            quota=project.quota,
            loaded=loaded,
        )


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
    SET free_count = 0, spare_count = 0,
        state = CASE
            WHEN state IN ('ANSWERED', 'JUDGED') THEN state
            WHEN live_count > 0 THEN 'OPEN'  -- also one that was paused: its last answer ends it
            WHEN done_count > 0 THEN 'ANSWERED'
            ELSE 'CLOSED'
        END
    WHERE project_id = %s AND (state IN ('LOADED', 'OPEN', 'PAUSED') OR spare_count > 0)
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
            WHERE project_id = %(id)s AND state IN ('SUBMITTED', 'REJECTED', 'APPEALED')),
        (SELECT COALESCE(sum(secured_units), 0) FROM labeling_case WHERE project_id = %(id)s)
"""


def _committed_units(project: Project) -> int:
    """What answers without a final verdict, running leases and juries may still cost."""
    with connection.cursor() as cursor:
        cursor.execute(COMMITTED, {"id": project.pk})
        answers_count, secured_units = cursor.fetchone()
    return int(answers_count * project.cost_per_label_units + secured_units)


def _refund(project: Project) -> None:
    """Back to FUNDS goes what no answer can cost any more.

    Answers are counted before the balance is read: one accepted in between makes the refund
    smaller, never larger, and the next call brings the rest.
    """
    committed_units = _committed_units(project)
    held_units = escrow.balances(project.purse_id).get("HELD", 0)
    _refund_units(project, held_units - committed_units)


def _refund_units(project: Project, amount_units: int) -> None:
    """Once for each call: the project is locked, and its refunds are counted where they are stored:
    the caller may have read the project before somebody else's refund."""
    if amount_units <= 0:
        return
    Project.objects.filter(pk=project.pk).update(refunds_count=F("refunds_count") + 1)
    project.refresh_from_db(fields=["refunds_count"])
    key = f"refund:{project.pk}:{project.refunds_count}"
    cause = causes.NOT_ASKED_FOR
    escrow.refund(project.purse, key=key, amount_units=amount_units, cause=cause)


def lock_money(project: Project) -> None:
    """What a refund moves is locked before anything else that others lock behind it."""
    escrow.lock(project.purse, holders=[])


def refund_slots(project: Project, slots_count: int) -> None:
    """Answers that are not asked for any more cost nothing; the caller locked the project."""
    _refund_units(project, slots_count * project.cost_per_label_units)


SPARE = """
    UPDATE labeling_task AS task SET spare_count = 0
    FROM (
        SELECT id, spare_count FROM labeling_task
        WHERE project_id = %s AND state = 'JUDGED' AND spare_count > 0
        ORDER BY id LIMIT %s FOR NO KEY UPDATE
    ) AS spare
    WHERE task.id = spare.id
    RETURNING spare.spare_count
"""


@atomic
def refund_spare(project_id: int) -> int:
    """How many judged tasks gave back the money for answers that they did not need, up to
    STIPEND_JUDGE_TASKS. A project that somebody changes has its turn the next time."""
    project = Project.objects.free().filter(pk=project_id).first()
    if project is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(SPARE, [project_id, settings.STIPEND_JUDGE_TASKS])
        spare = [count for (count,) in cursor.fetchall()]
    refund_slots(project, sum(spare))
    return len(spare)


def withdraw(
    project: Project, *, amount_units: int, address: object, key: str
) -> escrow.Withdrawal:
    """Funds that no task is held for leave for the requester's wallet, once for this key.

    Raises SecondStepOff, BelowMinimum, MalformedAddress, BlockedWallet, WalletOnHold, LimitReached,
    InsufficientFunds, KeyReused.
    """
    two_step.check_on(project.owner)
    return escrow.withdraw(
        project.purse,
        owner=f"person:{project.owner_id}",
        key=key,
        amount_units=amount_units,
        address=address,
    )


def refund_closed(project_ids: set[int]) -> None:
    """What ended leases left in the HELD of closed projects goes back."""
    for project in Project.objects.filter(pk__in=project_ids, state=Project.State.CLOSED):
        close(project)


def refund_left() -> int:
    """How many closed projects got back what a process that died had left in their HELD: leases
    end first, and their money goes back behind it."""
    closed = Project.objects.filter(state=Project.State.CLOSED, purse_id__isnull=False)
    id_of = dict(closed.values_list("purse_id", "pk"))
    balances = escrow.balances_of(list(id_of)).items()
    holding = sorted(id_of[purse_id] for purse_id, kinds in balances if kinds.get("HELD", 0))
    with attempts.apart("refund_left") as tried:
        return sum(tried(f"project {one}", partial(_refund_left, one)) for one in holding)


def _refund_left(project_id: int) -> bool:
    project = Project.objects.get(pk=project_id)
    held_units = escrow.balances(project.purse).get("HELD", 0)
    if held_units <= _committed_units(project):
        return False
    close(project)
    return True


def prove_holds() -> list[str]:
    """A sentence for each project whose HELD is not the cost of all answers still to be paid."""
    problems = []
    for project in Project.objects.filter(purse_id__isnull=False).order_by("id"):
        slots = project.tasks.aggregate(free=Sum("free_count"), spare=Sum("spare_count"))
        slots_count = (slots["free"] or 0) + (slots["spare"] or 0)
        due_units = slots_count * project.cost_per_label_units + _committed_units(project)
        held_units = escrow.balances(project.purse_id).get("HELD", 0)
        if held_units != due_units:
            problems.append(
                f"Project {project.pk} holds {money.format(held_units)}, "
                f"its open answers cost {money.format(due_units)}."
            )
    return problems
