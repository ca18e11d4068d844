"""Answers as rows of a page: what was asked, what was said, what stands on it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from labeling.content import configs
from labeling.media import addresses
from labeling.models import Submission
from labeling.web import wording


def found_of(labeler_id: int) -> QuerySet[Submission]:
    """A person's answers, newest first, with all that a row shows."""
    mine = Submission.objects.filter(labeler=labeler_id).order_by("-id")
    return mine.select_related("project", "case", "task")


def of(answers: Sequence[Submission]) -> list[dict[str, Any]]:
    """A row for each."""
    return [{"answer": one, "said": said(one), "seen": seen(one)} for one in answers]


def said(submission: Submission) -> Any:
    """The answer in words."""
    return wording.of_answer(_config(submission), submission.result)


def seen(submission: Submission) -> Any:
    """What it is about."""
    return wording.of_task(
        _config(submission), submission.task.data, addresses.own(submission.project_id)
    )


def _config(submission: Submission) -> Any:
    project = submission.project
    return configs.form_of(project.pk, version=project.config_version).config
