"""Gold comes in: data with its known answer, checked as any data and any answer is.

Promises: all rows or none; an answer that is known is hidden behind a salt of its own; nothing
that was loaded as common work becomes gold, for its answers are seen.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from django.db.transaction import atomic

from labeling.answers import Config
from labeling.content import configs, contents
from labeling.data import imports
from labeling.errors import GoldKnown, LabelingError, MalformedFile
from labeling.models import Project
from labeling.models.task import GOLD_LANE

SALT_BYTES = 16
MARK = """
    UPDATE labeling_task AS task SET expected = known.expected, salt = known.salt, lane = %s
    FROM unnest(%s::bytea[], %s::jsonb[], %s::bytea[]) AS known (content_hash, expected, salt)
    WHERE task.load_id = %s AND task.content_hash = known.content_hash
"""


@atomic
def load(project: Project, *, rows: Iterable[Any]) -> imports.Loaded:
    """The rows `{"data": {…}, "expected": [regions]}` as gold, or as the questions of a test.

    Raises MalformedFile, MissingField, MalformedField, MalformedAnswer and AnswerOutsideChoices
    with the row's number, GoldKnown with the numbers of all such rows, ProjectClosed.
    """
    config = configs.form_of(project.pk, version=project.config_version).config
    known = _told_apart(_checked(config, rows))
    asked = [{"data": one.data} for one in known.values()]
    loaded = imports.load(project, rows=asked, is_gold=True)  # which locks the project
    _refuse(known, project.examples)
    if loaded.load.added_count != len(known):
        _refuse(known, project.tasks.exclude(load=loaded.load))
    lane = 0 if project.kind == Project.Kind.TEST else GOLD_LANE
    columns = [
        list(known),
        [orjson.dumps(one.expected).decode() for one in known.values()],
        [secrets.token_bytes(SALT_BYTES) for _ in known],
    ]
    with connection.cursor() as cursor:
        cursor.execute(MARK, [lane, *columns, loaded.load.pk])
    return loaded


@dataclass(frozen=True)
class _Known:
    """A row, numbered from 1: its data, and the answer in one spelling."""

    number: int
    data: Any
    expected: Any


def _told_apart(rows: Iterable[_Known]) -> dict[bytes, _Known]:
    """By what they show; the same once more is once, and with two answers it is no gold."""
    known: dict[bytes, _Known] = {}
    for one in rows:
        before = known.setdefault(contents.hashed(one.data), one)
        if before.expected != one.expected:
            raise GoldKnown(rows=[before.number, one.number])
    return known


def _refuse(known: dict[bytes, _Known], shown: Any) -> None:
    """Raises GoldKnown if some of it is among these tasks or examples."""
    found = shown.filter(content_hash__in=list(known)).values_list("content_hash", flat=True)
    if numbers := sorted(known[bytes(one)].number for one in found):
        raise GoldKnown(rows=numbers)


def _checked(config: Config, rows: Iterable[Any]) -> Iterable[_Known]:
    for number, row in enumerate(rows, start=1):
        try:
            if number > settings.STIPEND_GOLD_TASKS:
                limit = settings.STIPEND_GOLD_TASKS
                raise MalformedFile("More than %(limit)s rows of gold.", limit=limit)
            data, expected = _parts(row)
            config.validate_data(data)
            answer = config.result(config.validate(expected, data))
        except LabelingError as error:
            error.data = {**error.data, "row": number}
            raise
        yield _Known(number, data, answer)


def _parts(row: Any) -> tuple[Any, Any]:
    if not isinstance(row, dict) or row.keys() != {"data", "expected"}:
        raise MalformedFile('A row of gold is {"data": {…}, "expected": [regions]}.')
    if not isinstance(row["data"], dict):
        raise MalformedFile("A row's data is an object of fields.")
    return row["data"], row["expected"]
