"""A look at all answers of a project: how much people agree, who is how often right, and which
model of their errors the answers can carry.

The labels of single choices are fitted anew with that model, or with the one that the requester
chose (`labels`): the consensus written when a task was judged knew only what was known then. Before
that, tasks with answers that were finally rejected since are weighed again (`weighing`). Every
verdict stays; some of the answers to a task make no label.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import accumulate
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Length
from django.utils import timezone

from labeling import attempts
from labeling.aggregation import agreement, models
from labeling.aggregation.votes import Votes
from labeling.answers import Config
from labeling.answers.control import Control
from labeling.content import configs
from labeling.judging import labels, weighing
from labeling.judging.labels import Answered
from labeling.models import Audit, Project, Submission, Task

LOOKING = 7_305  # the advisory lock of who looks
PAGE_ANSWERS = 5_000  # whose size is looked at in one go
LABELERS_LIMIT = 1_000  # in the findings, those with the most answers
NOT_APPLIED = "No label is by it: the form asks for more than single choices."


def audit_some() -> int:
    """How many projects were looked at: those with answers judged, or rejections decided, since the
    last look, those begun with longest ago first. None while another process looks."""
    with _alone() as mine:
        due = {project.pk: project for project in _due()} if mine else {}
        return attempts.each("audit", due, lambda project_id: _looked(due[project_id]))


def _looked(project: Project) -> int:
    of_project(project)
    return 1


@contextmanager
def _alone() -> Iterator[bool]:
    """True inside if nobody else is in there; never waits. PostgreSQL frees it if we die."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOOKING])
        (mine,) = cursor.fetchone()
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOOKING])


def _due() -> QuerySet[Project]:
    now = timezone.now()
    rested = Q(audit=None) | Q(audit__made_at__lt=now - _pause())
    fresh = Project.objects.filter(rested, tasks__judged_at__gt=F("audit__made_at"))
    decided = Project.objects.filter(rested, cases__decided_at__gt=F("audit__made_at"))
    waiting = Project.objects.filter(rested, audit__isnull=False, cases__in=weighing.waiting())
    new = Project.objects.filter(audit=None, tasks__state=Task.State.JUDGED)
    found = set(fresh.values_list("pk", flat=True).distinct())
    found |= set(waiting.values_list("pk", flat=True).distinct())
    found |= set(decided.values_list("pk", flat=True).distinct())
    found |= set(new.values_list("pk", flat=True).distinct())
    return Project.objects.filter(pk__in=found)


def _pause() -> timedelta:
    return timedelta(seconds=settings.STIPEND_AUDIT_SECONDS)


def of_project(project: Project) -> Audit:
    """The findings as of now, kept: for each control by name its alpha (None where nothing can be
    said), the model of its answers, why that one and whether labels are by it, and for each labeler
    their answers, alpha to the rest and estimated accuracy.

    Answers are read for half of STIPEND_AUDIT_LOOK_SECONDS and compared for the other half: where
    that is not enough, alpha is that of tasks drawn at random, and the findings say of how many
    (`alpha_tasks`). Nothing is locked meanwhile, no transaction is open. The findings are kept
    last: who dies before them looks again.
    """
    began_at = timezone.now()
    config = configs.form_of(project.pk, version=project.config_version).config
    weighing.again(project, config)  # before the answers are read: all that it has seen is fitted
    answers, is_all = _answers(project, config)
    whole = answers if is_all else _whole(project, answers)
    fitted = labels.fitted(project, config, whole)
    is_applied = all(labels.is_single(control) for control in config.controls.values())
    seconds = settings.STIPEND_AUDIT_LOOK_SECONDS / 2 / len(config.controls)
    findings = {
        name: _control(project, control, answers, is_applied=is_applied, seconds=seconds)
        for name, control in config.controls.items()
    }
    labels.write(project, config, fitted, whole)
    made, _ = Audit.objects.update_or_create(
        project=project,
        defaults={"answers_count": len(answers), "findings": findings, "made_at": began_at},
    )
    return made


def _looked_at(project: Project) -> QuerySet[Submission]:
    """The answers to judged tasks, without gold and what was finally rejected."""
    return Submission.objects.standing().filter(
        project_id=project.pk, is_gold=False, task__state=Task.State.JUDGED
    )


def _answers(project: Project, config: Config) -> tuple[list[Answered], bool]:
    """The newest of them, the newest first, and whether these are all: no more than
    STIPEND_AUDIT_ANSWERS, than fill STIPEND_AUDIT_BYTES, and than can be read in time."""
    until = monotonic() + settings.STIPEND_AUDIT_LOOK_SECONDS / 2
    read: list[Answered] = []
    bytes_left = settings.STIPEND_AUDIT_BYTES
    found = _looked_at(project).order_by("-id")
    page = list(_sizes(found))
    while page:
        sums = list(accumulate(size for _, size in page))
        count = max(sum(one <= bytes_left for one in sums), int(not read))
        for answer in _read(found, config, [pk for pk, _ in page[:count]]):
            if read and (monotonic() > until or len(read) >= settings.STIPEND_AUDIT_ANSWERS):
                return read, False
            read.append(answer)
        if count < len(page):
            return read, False
        bytes_left -= sums[-1]
        page = list(_sizes(found.filter(pk__lt=page[-1][0])))
    return read, True


def _sizes(found: QuerySet[Submission]) -> QuerySet[Submission, tuple[int, int]]:
    """The next of these, and how long each is."""
    size = Length(Cast("result", TextField()))
    return found.annotate(size=size).values_list("id", "size")[:PAGE_ANSWERS]


def _read(found: QuerySet[Submission], config: Config, ids: Sequence[int]) -> Iterator[Answered]:
    rows = found.filter(pk__gte=min(ids, default=0), pk__lte=max(ids, default=0))
    for pk, task_id, pseudonym, result in rows.values_list(
        "id", "task_id", "labeler__pseudonym", "result"
    ):
        yield pk, task_id, pseudonym, config.validate(result)


def _whole(project: Project, answers: list[Answered]) -> list[Answered]:
    """Those to tasks of which no older answer was left out."""
    found, oldest_id = _looked_at(project), answers[-1][0]
    older = found.filter(task=OuterRef("task"), pk__lt=oldest_id)
    torn = found.filter(Exists(older), pk__gte=oldest_id)
    torn_ids = set(torn.values_list("task_id", flat=True))
    return [one for one in answers if one[1] not in torn_ids]


def _control(
    project: Project,
    control: Control,
    answers: list[Answered],
    *,
    is_applied: bool,
    seconds: float,
) -> dict[str, Any]:
    votes = Votes.of(labels.rows(control, answers))
    found = _agreement(control, votes, seconds=seconds)
    finding: dict[str, Any] = {"type": control.type, "alpha": _rounded(found.alpha)}
    if found.tasks_count is not None:
        finding["alpha_tasks"] = found.tasks_count
    accuracy: dict[Any, float] = {}
    if labels.is_single(control) and len(votes.task):
        model, reason = labels.model(project, votes)
        if not is_applied:
            reason = f"{reason} {NOT_APPLIED}"
        found_by = models.MODELS[model](votes)
        finding |= {"model": model, "model_reason": reason, "is_applied": is_applied}
        accuracy = dict(zip(found_by.votes.workers, found_by.accuracy.tolist(), strict=True))
    counts = dict(zip(votes.workers, votes.per_worker(votes.task * 0.0 + 1).tolist(), strict=True))
    most = sorted(counts, key=lambda name: (-counts[name], name))[:LABELERS_LIMIT]
    finding["labelers"] = [
        {
            "labeler": name,
            "answers": int(counts[name]),
            "alpha_to_rest": _rounded(found.by_worker.get(name)),
            "accuracy": _rounded(accuracy.get(name)),
        }
        for name in most
    ]
    return finding


def _agreement(control: Control, votes: Votes, *, seconds: float) -> agreement.Agreement:
    """Alpha on the scale of what is asked: nominal, ordinal, interval, or by how alike two answers
    are, of as many as can be compared in this time."""
    match control.scale:
        case "nominal":
            return agreement.nominal(votes)
        case "ordinal":
            return agreement.ordinal(votes, scale=sorted(votes.labels))  # type: ignore[type-var]
        case "interval":
            return agreement.interval(votes)
        case _:

            def distance(one: Any, other: Any) -> float:
                return 1 - control.agree(one, other)

            return agreement.general(votes, distance, seconds=seconds)


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
