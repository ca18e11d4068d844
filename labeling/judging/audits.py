"""A look at all answers of a project: how much people agree, who is how often right, and which
model of their errors the answers can carry.

The labels of single choices are fitted anew with that model: the consensus written when a task
was judged knew only what was known then. Gold and what a reviewer fixed stay as they are, and so
does every verdict; a mere majority, which knows nothing of people, writes no labels, nor do some of
the answers to a task.
"""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from labeling.aggregation import agreement, models
from labeling.aggregation.votes import Labels, Row, Votes
from labeling.answers.control import Control
from labeling.content import configs
from labeling.models import Audit, Project, Submission, Task

LABELERS_LIMIT = 1000  # in the findings, those with the most answers


def audit_some() -> int:
    """How many projects were looked at: those with answers judged since the last look."""
    now = timezone.now()
    rested = Q(audit=None) | Q(audit__made_at__lt=now - _pause())
    fresh = Project.objects.filter(rested, tasks__judged_at__gt=F("audit__made_at"))
    new = Project.objects.filter(audit=None, tasks__state=Task.State.JUDGED)
    found = set(fresh.values_list("pk", flat=True).distinct())
    found |= set(new.values_list("pk", flat=True).distinct())
    for project in Project.objects.filter(pk__in=found).order_by("id"):
        of_project(project)
    return len(found)


def _pause() -> timedelta:
    return timedelta(seconds=settings.STIPEND_AUDIT_SECONDS)


@atomic
def of_project(project: Project) -> Audit:
    """The findings as of now, kept: for each control by name its alpha (None where nothing can be
    said), the model of the labels and why that one, and for each labeler their answers, alpha to
    the rest and estimated accuracy."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # one look at a time
    answers = _answers(project)
    config = configs.form_of(project.pk, version=project.config_version).config
    findings = {name: _control(control, answers) for name, control in config.controls.items()}
    if len(config.controls) == 1:
        (control,) = config.controls.values()
        if _is_single(control) and answers:
            _write_labels(config, control, fit(_rows(control, _whole(project, answers))))
    made, _ = Audit.objects.update_or_create(
        project=project,
        defaults={
            "answers_count": len(answers),
            "findings": findings,
            "made_at": timezone.now(),
        },
    )
    return made


Answered = tuple[int, int, str, dict[str, Any]]  # id, task, pseudonym and answers by control


def _looked_at(project: Project) -> QuerySet[Submission]:
    """The answers to judged tasks, without gold and what was finally rejected."""
    found = Submission.objects.filter(
        project_id=project.pk, is_gold=False, task__state=Task.State.JUDGED
    )
    return found.exclude(state=Submission.State.FORFEITED)


def _answers(project: Project) -> list[Answered]:
    """The newest of them, the newest first."""
    config = configs.form_of(project.pk, version=project.config_version).config
    found = _looked_at(project).order_by("-id")
    rows = found.values_list("id", "task_id", "labeler__pseudonym", "result")
    return [
        (pk, task_id, pseudonym, config.validate(result))
        for pk, task_id, pseudonym, result in rows[: settings.STIPEND_AUDIT_ANSWERS]
    ]


def _whole(project: Project, answers: list[Answered]) -> list[Answered]:
    """Those to tasks of which no older answer was left out."""
    if len(answers) < settings.STIPEND_AUDIT_ANSWERS:
        return answers
    found, oldest_id = _looked_at(project), answers[-1][0]
    older = found.filter(task=OuterRef("task"), pk__lt=oldest_id)
    torn = found.filter(Exists(older), pk__gte=oldest_id)
    torn_ids = set(torn.values_list("task_id", flat=True))
    return [one for one in answers if one[1] not in torn_ids]


def _rows(control: Control, answers: list[Answered]) -> list[Row]:
    return [
        (task_id, pseudonym, given[control.name])
        for _, task_id, pseudonym, given in answers
        if control.name in given
    ]


def _control(control: Control, answers: list[Answered]) -> dict[str, Any]:
    votes = Votes.of(_rows(control, answers))
    found = _agreement(control, votes)
    finding: dict[str, Any] = {"type": control.type, "alpha": _rounded(found.alpha)}
    accuracy: dict[Any, float] = {}
    if _is_single(control) and len(votes.task):
        labels = fit(_rows(control, answers))
        finding |= {"model": labels.model, "model_reason": models.choose(votes)[1]}
        accuracy = dict(zip(labels.votes.workers, labels.accuracy.tolist(), strict=True))
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


def _agreement(control: Control, votes: Votes) -> agreement.Agreement:
    """Alpha on the scale of what is asked: nominal, ordinal, interval, or by how alike two answers
    are."""
    match control.scale:
        case "nominal":
            return agreement.nominal(votes)
        case "ordinal":
            return agreement.ordinal(votes, scale=sorted(votes.labels))  # type: ignore[type-var]
        case "interval":
            return agreement.interval(votes)
        case _:
            return agreement.general(votes, lambda one, other: 1 - control.agree(one, other))


def _is_single(control: Control) -> bool:
    return control.scale == "nominal"


def fit(rows: list[Row]) -> Labels:
    """The labels by the model that these answers can carry."""
    votes = Votes.of(rows)
    name, _ = models.choose(votes)
    return models.MODELS[name](votes)


WRITE = """
    UPDATE labeling_task AS task
    SET consensus = fitted.consensus, confidence = fitted.confidence, consensus_by = %s
    FROM unnest(%s::bigint[], %s::jsonb[], %s::float[]) AS fitted (id, consensus, confidence)
    WHERE task.id = fitted.id AND task.state = 'JUDGED'
        AND task.consensus_by NOT IN ('gold', 'reviewer')
"""


def _write_labels(config: Any, control: Control, labels: Labels) -> None:
    """The tasks have these labels, unless they are a mere majority's: the consensus that stands
    weighs each answer by its labeler, and no share of votes says how sure a single one is."""
    if labels.model == "majority":
        return
    best = labels.best()
    spelled = {label: _json(config, control, label) for label in set(best.values())}
    columns = [
        labels.model,
        list(best),
        [spelled[label] for label in best.values()],
        labels.confidence().tolist(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, columns)


def _json(config: Any, control: Control, label: Any) -> str:
    return json.dumps(config.result({control.name: label}))


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
