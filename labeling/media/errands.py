"""Fetches what somebody has asked to see. One worker process at a time does it, in shifts.

Promises: no more than STIPEND_FETCH_PLACES fetches at once, and half of them for one project at
most; nothing is fetched inside a database transaction; a fetch that died is done again. Each has a
thread of its own and ends in time, so a slow server holds one place and no more.
"""

import logging
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone

from labeling.errors import LabelingError, MediaElsewhereRefused, MediaFull, MediaUnreachable
from labeling.media import fetching, files, uploads
from labeling.models import Elsewhere, Project

FETCHERS = 7_304  # the lock of whoever fetches, in PostgreSQL
SHIFT_SECONDS = 60  # then another worker process may have its turn
SLACK_SECONDS = 30  # beyond a fetch's own time, before it counts as dead
LOOK_SECONDS = 0.5  # between two looks at what is due, while places are free
PASSING_STATUSES = {408, 425, 429}

logger = logging.getLogger(__name__)
State = Elsewhere.State
Running = dict[Future[files.Kept], Elsewhere]


def run() -> int:
    """All that was due is fetched or refused, for a shift; says how much. One at a time does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [FETCHERS])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _shift()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [FETCHERS])


def _shift() -> int:
    """Every place that is free takes the next that is due, until none is or the time is over."""
    over_at = time.monotonic() + SHIFT_SECONDS
    running: Running = {}
    done_count = 0
    with ThreadPoolExecutor(settings.STIPEND_FETCH_PLACES) as pool:
        while True:
            if time.monotonic() < over_at:
                running |= {
                    pool.submit(_fetch, one.address, _room(one)): one for one in _claim(running)
                }
            if not running:
                return done_count
            for job in wait(running, LOOK_SECONDS, return_when=FIRST_COMPLETED).done:
                _record(running.pop(job), job)
                done_count += 1


def _claim(running: Running) -> list[Elsewhere]:
    """As many as there are places, no project in more than half of them; they are due later now."""
    places = settings.STIPEND_FETCH_PLACES
    held = Counter(one.project_id for one in running.values())
    share = max(places // 2, 1)
    full = [project_id for project_id, count in held.items() if count >= share]
    now = timezone.now()
    until = now + timedelta(seconds=settings.STIPEND_FETCH_SECONDS + SLACK_SECONDS)
    with atomic():
        due = Elsewhere.objects.filter(state=State.WAITING, due_at__lte=now)
        due = due.exclude(project__in=full).order_by("due_at").select_for_update(skip_locked=True)
        taken = []
        for one in due[: places - len(running)]:
            if held[one.project_id] < share:
                held[one.project_id] += 1
                taken.append(one)
        rows = Elsewhere.objects.filter(pk__in=[one.pk for one in taken])
        rows.update(due_at=until)
    return taken


def _room(one: Elsewhere) -> int:
    """The bytes that the file may have."""
    return min(settings.STIPEND_MEDIA_FILE_BYTES, uploads.room_bytes(one.project_id))


def _fetch(address: str, limit_bytes: int) -> files.Kept:
    if limit_bytes <= 0:
        raise MediaFull(limit_bytes=settings.STIPEND_MEDIA_PROJECT_BYTES)
    return fetching.fetch(address, limit_bytes=limit_bytes)


def _record(one: Elsewhere, job: "Future[files.Kept]") -> None:
    """The row says what became of it."""
    try:
        _store(one, job.result())
    except LabelingError as error:
        _refuse(one, error)
    except Exception:  # a server there that our library stumbles over is refused like any other
        logger.exception("The fetch of %s failed", one.pk)
        _refuse(one, MediaUnreachable())


@atomic
def _store(one: Elsewhere, file: files.Kept) -> None:
    Project.objects.locked().get(pk=one.project_id)
    uploads.hold([file.name])
    medium = uploads.add(one.project_id, file)
    uploads.check_room(one.project_id)
    stored = {"state": State.STORED, "medium": medium, "problem": "", "facts": {}}
    Elsewhere.objects.filter(pk=one.pk, state=State.WAITING).update(**stored)


def _refuse(one: Elsewhere, error: LabelingError) -> None:
    """Refused, or due again a little later if it may pass by itself."""
    tries_count = one.tries_count + 1
    now = timezone.now()
    said: dict[str, Any] = {"problem": error.code, "facts": error.data, "tries_count": tries_count}
    if _is_passing(error) and tries_count < settings.STIPEND_FETCH_TRIES:
        said["due_at"] = now + timedelta(seconds=2**tries_count)
    else:
        said |= {"state": State.REFUSED, "due_at": now}
    Elsewhere.objects.filter(pk=one.pk, state=State.WAITING).update(**said)


def _is_passing(error: LabelingError) -> bool:
    if isinstance(error, MediaElsewhereRefused):
        return error.data["status"] >= 500 or error.data["status"] in PASSING_STATUSES
    return bool(getattr(error, "is_passing", False))
