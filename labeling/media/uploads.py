"""Media that requesters send: streamed to disk, kept once, counted against the project's room.

Promises: all files of one request or none of them; what was sent twice is one file with one
address; no project has more than STIPEND_MEDIA_PROJECT_BYTES.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.db import connection
from django.db.models import Sum
from django.db.transaction import atomic

from labeling.errors import LabelingError, MediaFull, MediaRemoved, NoFiles
from labeling.media import files
from labeling.models import Medium, Project
from labeling.models.media import TITLE_CHARACTERS
from labeling.orders import projects


class Arrived:
    """One file of a form: on disk, and not looked at yet."""

    def __init__(self, title: str, writing: files.Writing) -> None:
        self.title = title[:TITLE_CHARACTERS]
        self.writing = writing

    def close(self) -> None:
        """Nothing is left of it, unless it was kept. The framework calls it behind the answer."""
        self.writing.discard()


class ToDisk(FileUploadHandler):
    """Writes each file of a form to the folder of media while it comes in."""

    writing: files.Writing | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.writing = files.Writing(limit_bytes=settings.STIPEND_MEDIA_FILE_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Raises MediaTooLarge, which ends the upload."""
        assert self.writing is not None
        try:
            self.writing.write(raw_data)
        except LabelingError as error:
            self.writing.discard()
            error.data = {**error.data, "file": self.file_name}
            raise

    def file_complete(self, file_size: int) -> Any:
        assert self.writing is not None
        arrived, self.writing = Arrived(self.file_name or "", self.writing), None
        return arrived

    def upload_interrupted(self) -> None:
        if self.writing is not None:
            self.writing.discard()


def keep(project: Project, arrived: Sequence[Arrived]) -> list[Medium]:
    """The files are the project's, in the order sent.

    Raises NoFiles, MediaFull, ProjectClosed, and what `kinds.of` raises with the file's name.
    """
    if not arrived:
        raise NoFiles()
    if sum(one.writing.size_bytes for one in arrived) > room_bytes(project.pk):
        raise _full()  # before anything is in the folder
    kept = [(one.title, _kept(one)) for one in arrived]
    with atomic():
        projects.lock(project.pk)
        hold([file.name for _, file in kept])
        rows = [add(project.pk, file, title=title) for title, file in kept]
        check_room(project.pk)
    return rows


def _kept(one: Arrived) -> files.Kept:
    try:
        return one.writing.keep()
    except LabelingError as error:
        error.data = {**error.data, "file": one.title}
        raise


def add(project_id: int, file: files.Kept, *, title: str = "") -> Medium:
    """The project has this file, as before if it had it; the caller holds its name.

    Raises MediaRemoved if somebody has just taken it away: it has to come once more.
    """
    found, _ = Medium.objects.get_or_create(
        project_id=project_id,
        name=file.name,
        defaults={"title": title, "size_bytes": file.size_bytes},
    )
    if found.removed_at is not None:
        found.title, found.removed_at = title, None
        found.save(update_fields=["title", "removed_at"])
    if files.path_of(file.name) is None:
        raise MediaRemoved()
    return found


def hold(names: Iterable[str]) -> None:
    """Until the transaction ends nobody else adds or erases the files of these names."""
    with connection.cursor() as cursor:
        for name in sorted(set(names)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def check_room(project_id: int) -> None:
    """Nothing while there is room for what the project has; the caller holds its lock.

    Raises MediaFull, which takes back what was added in the same database transaction.
    """
    if room_bytes(project_id) < 0:
        raise _full()


def room_bytes(project_id: int) -> int:
    """How much more the project may have."""
    sizes = Medium.objects.filter(project=project_id, removed_at=None)
    return settings.STIPEND_MEDIA_PROJECT_BYTES - (
        sizes.aggregate(sum=Sum("size_bytes"))["sum"] or 0
    )


def _full() -> MediaFull:
    return MediaFull(limit_bytes=settings.STIPEND_MEDIA_PROJECT_BYTES)
