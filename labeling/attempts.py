"""Attempts: one project after another, whatever becomes of each.

Promises: what fails is logged with its traceback, all others are done, and then the job fails, too.
A project is begun with after those that were begun with longer ago, and that is stored before it
is: one that kills the process does not stand in front of the others for ever.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, connection
from django.db.transaction import atomic

from labeling.models import Attempt

NEVER = 0.0  # the moment of what was never tried

Tried = Callable[[object, Callable[[], int]], int]

logger = logging.getLogger(__name__)


class Failed(Exception):
    """Names what did not succeed; why is logged, and all else is done."""


def each(
    job: str, project_ids: Iterable[int], look: Callable[[int], int], *, share: float = 0.5
) -> int:
    """The sum of what looks at these projects come to, those begun with longest ago first.

    After this share of the time that a job has, none is begun with any more: the next time goes on
    there.
    Raises Failed when all are done.
    """
    until = monotonic() + settings.CELERY_TASK_TIME_LIMIT * share
    total = 0
    with apart(job) as tried:
        for project_id in _in_turn(job, set(project_ids)):
            if monotonic() > until:
                break
            _begin(job, project_id)
            total += tried(f"project {project_id}", partial(look, project_id))
    return total


@contextmanager
def apart(job: str) -> Iterator[Tried]:
    """Inside, a function that does one thing beside others and gives what it comes to, 0 if it
    fails; raises Failed at the end if one did. Without a connection nothing else is tried."""
    failed: list[str] = []

    def tried(one: object, act: Callable[[], int]) -> int:
        try:
            return act()
        except InterfaceError:
            raise
        except Failed as error:  # it is logged where it happened
            failed.append(str(error))
        except Exception:
            logger.exception("%s: %s failed, the others go on", job, one)
            failed.append(str(one))
        return 0

    yield tried
    if failed:
        raise Failed(f"{job}: {', '.join(failed)}")


def _in_turn(job: str, project_ids: set[int]) -> list[int]:
    found = Attempt.objects.filter(job=job, project__in=project_ids)
    tried_at = dict(found.values_list("project_id", "tried_at"))
    moments = {pk: at.timestamp() for pk, at in tried_at.items()}
    return sorted(project_ids, key=lambda pk: (moments.get(pk, NEVER), pk))


BEGIN = """
    INSERT INTO labeling_attempt (project_id, job, tried_at) VALUES (%s, %s, clock_timestamp())
    ON CONFLICT (project_id, job) DO UPDATE SET tried_at = EXCLUDED.tried_at
"""


@atomic
def _begin(job: str, project_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [project_id, job])
