"""How much each answer agrees with its task's consensus: written when the task is judged, and again
when its consensus becomes another one. No verdict changes with it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from labeling.answers import Config
from labeling.models import Submission

WRITE = """
    UPDATE labeling_submission AS answer SET score = scored.score
    FROM unnest(%s::bigint[], %s::float[]) AS scored (id, score) WHERE answer.id = scored.id
"""


def write(answers: Iterable[Submission]) -> None:
    """Each keeps the score it carries; one statement, the caller has locked them."""
    scored = list(answers)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[one.pk for one in scored], [one.score for one in scored]])


def renew(config: Config, right_of: Mapping[int, dict[str, Any]]) -> None:
    """The answers that were scored agree so much with what is said of their tasks now, by task.

    To be called inside the transaction that locked the tasks.
    """
    scored = Submission.objects.filter(_to(right_of), is_gold=False, score__isnull=False)
    found = list(scored.order_by("id").select_for_update(no_key=True, of=("self",)))
    for one in found:
        one.score = config.score(config.validate(one.result), right_of[one.task_id])
    if found:
        write(found)


def _to(task_ids: Iterable[int]) -> RawSQL:
    """True of the answers to these tasks: one parameter, however many they are."""
    sql = "labeling_submission.task_id = ANY(%s::bigint[])"
    return RawSQL(sql, [list(task_ids)], output_field=BooleanField())
