"""Quality control: the consensus of each answered task, and how far each answer is from it.

Promises: a score never rejects; with review "auto" every answer is accepted, with "manual" the
requester decides, and silence accepts. May run twice, and twice at once.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.transaction import atomic
from django.utils import timezone

from labeling import acceptance, configs
from labeling.answers import Config
from labeling.models import Project, Submission, Task


@dataclass(frozen=True)
class Judged:
    """The consensus on one task. `scores` are in the order of the answers."""

    consensus: list[dict[str, Any]]
    agreement: float
    scores: list[float]


def weigh(config: Config, results: list[Any]) -> Judged:
    """The consensus of a task's answers, their agreement, and each answer's score."""
    given = [config.validate(result) for result in results]
    merged = config.consensus(given)
    return Judged(
        consensus=config.result(merged),
        agreement=config.agreement(given),
        scores=[config.score(answer, merged) for answer in given],
    )


def judge() -> int:
    """How many tasks were judged: all that have their answers, and the undecided left in silence.

    One transaction for each STIPEND_JUDGE_TASKS tasks; what another process judges is skipped.
    """
    judged_count = 0
    while count := _judge_some():
        judged_count += count
    while _accept_silent():
        pass
    return judged_count


@atomic
def _judge_some() -> int:
    """Tasks of one project: their order and their submissions' order is that of the ids."""
    answered = Task.objects.answered().order_by("id")
    free = answered.select_for_update(skip_locked=True, no_key=True)
    first = free.first()
    if first is None:
        return 0
    tasks = list(free.filter(project=first.project_id)[: settings.STIPEND_JUDGE_TASKS])
    project = Project.objects.get(pk=first.project_id)
    undecided = _weigh_all(project, tasks)
    if project.review == Project.Review.AUTO:
        acceptance.accept_all(project, undecided)
    else:
        Submission.objects.bulk_update(undecided, ["score"])
    return len(tasks)


def _weigh_all(project: Project, tasks: list[Task]) -> list[Submission]:
    """Writes the consensus of each task; the undecided submissions, locked and scored."""
    answers_of: dict[int, list[Submission]] = defaultdict(list)
    found = Submission.objects.filter(task__in=tasks).order_by("id")
    for submission in found.select_for_update(no_key=True, of=("self",)):
        answers_of[submission.task_id].append(submission)
    config = configs.form_of(project.pk, version=project.config_version).config
    now = timezone.now()
    for task in tasks:
        judged = weigh(config, [submission.result for submission in answers_of[task.pk]])
        task.consensus, task.agreement = judged.consensus, judged.agreement
        task.state, task.judged_at = Task.State.JUDGED, now
        for submission, score in zip(answers_of[task.pk], judged.scores, strict=True):
            submission.score = score
    Task.objects.bulk_update(tasks, ["consensus", "agreement", "state", "judged_at"])
    return [
        submission
        for submissions in answers_of.values()
        for submission in submissions
        if submission.state == Submission.State.SUBMITTED
    ]


@atomic
def _accept_silent() -> int:
    """Answers left undecided for too long are accepted, also on a task that lacks others yet."""
    hours = settings.STIPEND_REVIEW_HOURS
    silent = Submission.objects.undecided().filter(
        submitted_at__lt=timezone.now() - timedelta(hours=hours)
    )
    project_id = silent.values_list("project_id", flat=True).first()
    if project_id is None:
        return 0
    some = silent.filter(project_id=project_id).order_by("id")
    locked = list(
        some.select_for_update(skip_locked=True, no_key=True, of=("self",))[
            : settings.STIPEND_JUDGE_TASKS
        ]
    )
    acceptance.accept_all(Project.objects.get(pk=project_id), locked)
    return len(locked)
