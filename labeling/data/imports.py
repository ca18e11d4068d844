"""Data comes in: checked, streamed, and the same content twice is one task.

Promises: all of a file or nothing of it; what a loaded task shows, its configuration can show; no
work in the project waits while rows are read, checked, and made tasks: the project is locked for a
last look. Lock order: loads of the project (an advisory lock), project.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.transaction import atomic

from labeling.answers import Config
from labeling.content import configs, contents
from labeling.data import readers
from labeling.errors import (
    InvalidSettings,
    LabelingError,
    MalformedFile,
    MediaRemoved,
    ProjectClosed,
)
from labeling.media import withdrawn
from labeling.models import Load, Project
from labeling.orders import projects

STAGE = """
    CREATE TEMPORARY TABLE labeling_incoming (
        position bigint, content_hash bytea, data jsonb
    ) ON COMMIT DROP
"""
LOADING = 7_308  # the first of two numbers of an advisory lock; the project is the second
IN_TURN = "SELECT pg_advisory_xact_lock(%s, hashint8(%s))"
COPY = "COPY labeling_incoming (position, content_hash, data) FROM STDIN"
KEEP = """
    INSERT INTO labeling_task (
        project_id, load_id, data, content_hash, state, overlap, lane, free_count,
        live_count, done_count
    )
    SELECT %s, %s, data, content_hash, 'LOADED', %s, %s, 0, 0, 0
    FROM labeling_incoming ORDER BY position
    ON CONFLICT (project_id, content_hash) DO NOTHING
"""
NAMING = """
    SELECT min(position) FROM labeling_incoming, unnest(%s::text[]) AS gone (address)
    WHERE strpos(data::text, address) > 0
"""


@dataclass(frozen=True)
class Loaded:
    """What a load brought."""

    load: Load
    tasks_count: int


def load_file(project: Project, *, stream: readers.Stream, kind: str, priority: int = 0) -> Loaded:
    """A file of kind json, jsonl or csv as one load; raises FileTooLarge, MalformedFile.

    It is here as a whole before the project is locked: nobody waits for who sends it slowly.
    """
    file_bytes, row_bytes = settings.STIPEND_IMPORT_BYTES, settings.STIPEND_TASK_BYTES
    with readers.kept(stream, kind, file_bytes=file_bytes) as file:
        rows = readers.rows(file, kind, file_bytes=file_bytes, row_bytes=row_bytes)
        return load(project, rows=rows, priority=priority)


@atomic
def load(
    project: Project, *, rows: Iterable[Any], priority: int = 0, is_gold: bool = False
) -> Loaded:
    """The rows as tasks, those with content seen before left out.

    Tasks of a higher priority (0 to 9) are handed out first. A row is the data, or `{"data": …}`
    around it. All rows are tasks, unseen by others, before the project is locked, which it is when
    this returns; two loads of one project come one after the other. Of `is_gold` the answers are to
    be written by who calls (`gold_loads`).
    Raises MissingField, MalformedField, MalformedFile, MediaRemoved with the row's number,
    ProjectClosed, and InvalidSettings for tasks without a known answer in a test.
    """
    version = _check_open(project.pk, is_gold=is_gold)
    config = configs.form_of(project.pk, version=version).config
    gone = withdrawn.addresses_of(project.pk)
    with connection.cursor() as cursor:
        staged = _stage(cursor, _checked(config, rows, gone=gone))
        cursor.execute(IN_TURN, [LOADING, project.pk])
        made = Load.objects.create(project=project, priority=priority, is_gold=is_gold)
        _keep(cursor, made, staged)
        tasks_count = project.tasks.count()
        project = projects.lock(project.pk)
        _check_still(cursor, project, version=version, gone=gone)
        cursor.execute("DROP TABLE labeling_incoming")
    return Loaded(load=made, tasks_count=tasks_count)


def _check_open(project_id: int, *, is_gold: bool) -> int:
    """The version of the form that rows are checked by; what can be refused at once is."""
    project = Project.objects.get(pk=project_id)
    if project.state == Project.State.CLOSED:
        raise ProjectClosed()
    if project.kind == Project.Kind.TEST and not is_gold:
        raise InvalidSettings("A test asks only what is known: load its tasks as gold.")
    return project.config_version


@dataclass(frozen=True)
class _Staged:
    """What waits in `labeling_incoming`."""

    rows_count: int
    bytes_count: int


def _stage(cursor: Any, checked: Iterable[tuple[bytes, bytes]]) -> _Staged:
    """All rows in the temporary table; raises MalformedFile if there is none."""
    cursor.execute("DROP TABLE IF EXISTS labeling_incoming")
    cursor.execute(STAGE)
    rows_count = bytes_count = 0
    with cursor.copy(COPY) as copy:
        for rows_count, (content_hash, content) in enumerate(checked, start=1):
            bytes_count += len(content)
            copy.write_row((rows_count, content_hash, content.decode()))
    if not rows_count:
        raise MalformedFile("There is no row in it.")
    return _Staged(rows_count, bytes_count)


def _keep(cursor: Any, load: Load, staged: _Staged) -> None:
    """What waits becomes tasks, and what would be checked at the commit is checked."""
    overlap = load.project.overlap_max
    cursor.execute(KEEP, [load.project_id, load.pk, overlap, load.priority])
    load.added_count = cursor.rowcount
    load.duplicates_count = staged.rows_count - load.added_count
    load.task_bytes = round(staged.bytes_count / staged.rows_count)
    load.save(update_fields=["added_count", "duplicates_count", "task_bytes"])
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _check_still(cursor: Any, project: Project, *, version: int, gone: list[str]) -> None:
    """What was right of the rows is right behind the lock: raises MediaRemoved for what was taken
    away since, and InvalidSettings if another form is asked by now."""
    if project.config_version != version:
        raise InvalidSettings()
    since = sorted(set(withdrawn.addresses_of(project.pk)).difference(gone))
    if since:
        cursor.execute(NAMING, [since])
        (row,) = cursor.fetchone()
        if row is not None:
            raise MediaRemoved(row=row)


def _checked(
    config: Config, rows: Iterable[Any], *, gone: list[str]
) -> Iterator[tuple[bytes, bytes]]:
    row_bytes = settings.STIPEND_TASK_BYTES
    for number, row in enumerate(rows, start=1):
        try:
            data = _unwrapped(row)
            config.validate_data(data)
            content = contents.canonical(data)
            withdrawn.check(content.decode(), gone)
        except LabelingError as error:
            error.data = {**error.data, "row": number}
            raise
        if len(content) > row_bytes:
            raise readers.too_large(row_bytes, row=number)
        yield hashlib.sha256(content).digest(), content


def _unwrapped(row: Any) -> dict[str, Any]:
    if isinstance(row, dict) and row.keys() == {"data"} and isinstance(row["data"], dict):
        row = row["data"]
    if not isinstance(row, dict):
        raise MalformedFile("A row is an object of fields.")
    return row
