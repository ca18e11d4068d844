"""Examples: tasks with their right answers, to learn by and to practise on.

Promises: what an example shows and answers, the project's form can show and takes; it is none of
the gold that people are judged by; nothing is paid for practice, counted or kept.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.transaction import atomic

from labeling.answers import Config
from labeling.content import configs, contents
from labeling.errors import (
    GoldShown,
    InvalidSettings,
    LabelingError,
    NotFound,
    ProjectClosed,
    TaskNotPaused,
)
from labeling.media import withdrawn
from labeling.models import Example, Project, Task
from labeling.models.example import WHY_CHARACTERS

KEYS = {"data", "result", "why", "shown"}


@atomic
def put(project: Project, rows: list[Any]) -> list[Example]:
    """The project's examples are these and no others; the caller may have locked the project.

    A row is `{"data": {…}, "result": [regions], "why": "…", "shown": true}`, the last two of which
    may be left out. Raises InvalidSettings, MissingField, MalformedField, MalformedAnswer,
    MediaRemoved and GoldShown with the row's number, ProjectClosed.
    """
    _lock(project)
    made = checked(project, rows)
    project.examples.all().delete()
    return Example.objects.bulk_create(made)


def checked(project: Project, rows: Any) -> list[Example]:
    """The rows as examples, unsaved; raises as `put`."""
    if not isinstance(rows, list):
        raise InvalidSettings("Examples are a list.")
    if len(rows) > settings.STIPEND_EXAMPLES:
        raise _too_many()
    config = configs.form_of(project.pk, version=project.config_version).config
    gone = withdrawn.addresses_of(project.pk) if project.pk else []
    made: list[Example] = []
    for number, row in enumerate(rows, start=1):
        try:
            made.append(_example(project, config, row, position=number - 1))
            withdrawn.check(contents.canonical(made[-1].data).decode(), gone)
        except LabelingError as error:
            error.data = {**error.data, "row": number}
            raise
    if len({bytes(one.content_hash) for one in made}) < len(made):
        raise InvalidSettings("The same example stands there twice.")
    _refuse_gold(project, made)
    return made


def _too_many() -> InvalidSettings:
    limit = settings.STIPEND_EXAMPLES
    return InvalidSettings("A project has at most %(limit)s examples.", limit=limit)


def _lock(project: Project) -> None:
    locked = Project.objects.locked().get(pk=project.pk)
    if locked.state == Project.State.CLOSED:
        raise ProjectClosed()


def _example(project: Project, config: Config, row: Any, *, position: int) -> Example:
    if not isinstance(row, dict) or not {"data", "result"} <= row.keys() <= KEYS:
        raise InvalidSettings('An example is {"data": {…}, "result": [regions], "why": "…"}.')
    data, why, is_shown = row["data"], row.get("why", ""), row.get("shown", True)
    if not isinstance(data, dict):
        raise InvalidSettings("An example's data is an object of fields.")
    if not isinstance(why, str) or len(why) > WHY_CHARACTERS or not isinstance(is_shown, bool):
        raise InvalidSettings(
            "An example's why is a text of at most %(limit)s characters.", limit=WHY_CHARACTERS
        )
    config.validate_data(data)
    content = contents.canonical(data)
    if len(content) > settings.STIPEND_TASK_BYTES:
        limit_bytes = settings.STIPEND_TASK_BYTES
        raise InvalidSettings("An example has at most %(limit)s bytes.", limit=limit_bytes)
    result = config.result(config.validate(row["result"], data))
    contents.canonical({"result": result, "why": why})  # refuses what PostgreSQL does not store
    return Example(
        project=project,
        position=position,
        data=data,
        content_hash=hashlib.sha256(content).digest(),
        result=result,
        why=why.strip(),
        is_shown=is_shown,
    )


def _refuse_gold(project: Project, made: Sequence[Example]) -> None:
    """Unless it is practised on already: then it is gold no more."""
    known = {bytes(one) for one in project.examples.values_list("content_hash", flat=True)}
    hashes = [one.content_hash for one in made if bytes(one.content_hash) not in known]
    if project.tasks.filter(content_hash__in=hashes, expected__isnull=False).exists():
        raise GoldShown()


@atomic
def set_aside(project: Project, *, task_id: int, why: str = "") -> Example:
    """Gold that was taken out is for practice from now on, and never asked again.

    Raises NotFound, TaskNotPaused while it is asked or somebody holds it, ProjectClosed,
    InvalidSettings when there are as many examples as there may be.
    """
    _lock(project)
    task = project.tasks.select_for_update(no_key=True).filter(pk=task_id).first()
    if task is None or task.expected is None:
        raise NotFound("There is no such gold in this project.")
    if task.state != Task.State.PAUSED or task.live_count:
        raise TaskNotPaused("People are still asked this: take it out first.")
    if project.examples.count() >= settings.STIPEND_EXAMPLES:
        raise _too_many()
    last = project.examples.last()
    found, _ = Example.objects.get_or_create(
        project=project,
        content_hash=bytes(task.content_hash),
        defaults={
            "position": last.position + 1 if last else 0,
            "data": task.data,
            "result": task.expected,
            "why": why.strip()[:WHY_CHARACTERS],
            "is_shown": False,
        },
    )
    return found


# --- Practice -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What a try comes to: `score` is the agreement with the right answer, from 0 to 1."""

    is_right: bool
    score: float
    result: Any
    why: str


def project_of(project_id: int) -> Project:
    """A project that people can read about; raises NotFound for a draft, and for none."""
    found = Project.objects.exclude(state=Project.State.DRAFT).filter(pk=project_id).first()
    if found is None:
        raise NotFound("There is no such project.")
    return found


def practise(project: Project, *, example_id: int, result: Any) -> Feedback:
    """Whether this answer to an example would be right, and why; nothing of it is kept.

    Raises NotFound, MalformedAnswer, AnswerOutsideChoices.
    """
    example = project.examples.filter(pk=example_id).first()
    if example is None:
        raise NotFound("There is no such example.")
    config = configs.form_of(project.pk, version=project.config_version).config
    given = config.validate(result, example.data)
    score = config.score(given, config.validate(example.result, example.data))
    return Feedback(
        is_right=score >= project.accept_score,
        score=score,
        result=example.result,
        why=example.why,
    )
