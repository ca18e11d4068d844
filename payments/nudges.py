"""Wakes a job early. A lost nudge costs seconds, never money: the beat takes all due rows."""

import logging
from time import monotonic

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

PAUSE_SECONDS = 1.0  # between two nudges of one process to one job
BACKOFF_SECONDS = 30.0  # while the broker cannot be reached

logger = logging.getLogger(__name__)
_quiet_until: dict[str, float] = {}


def nudge_after_commit(job: str) -> None:
    """The job is sent when the transaction commits, at most once in PAUSE_SECONDS."""
    transaction.on_commit(lambda: _send(job))


def _send(job: str) -> None:
    now = monotonic()
    if now < _quiet_until.get(job, 0):
        return
    _quiet_until[job] = now + PAUSE_SECONDS
    try:
        current_app.send_task(job, ignore_result=True, retry=False, expires=10)
    except (OperationalError, OSError) as error:
        _quiet_until[job] = monotonic() + BACKOFF_SECONDS
        logger.warning("The broker cannot be reached; the beat will do: %s", error)
