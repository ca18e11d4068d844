"""How much data a task costs its labeler.

The data itself was measured when it was loaded, as it is sent before compression. The files that it
names come on top: as many as the configuration shows, each of the mean size of the project's files
here. Where they are elsewhere, and nobody has been shown one yet, nothing is known.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Avg, F, Sum

from labeling.models import Load, Medium, Project

MEDIA = re.compile(r"""<(?:Image|Audio)\s[^>]*?\b(?i:value)\s*=\s*["']\$([\w.-]+)""")
ELSEWHERE = ("http://", "https://")
A_TASK = """
    SELECT project.id, task.data::text FROM unnest(%s::bigint[]) AS project (id)
    CROSS JOIN LATERAL (
        SELECT data FROM labeling_task WHERE project_id = project.id LIMIT 1) AS task
"""


def of_projects(projects: Iterable[Project]) -> dict[int, int | None]:
    """The mean bytes of a task by project, in three statements at most; None where nothing is
    loaded, or its files are not known."""
    media = {project.pk: MEDIA.findall(project.config) for project in projects}
    found = dict.fromkeys(media) | _data_bytes(list(media))
    shown = {pk: fields for pk, fields in media.items() if fields and found[pk] is not None}
    file_bytes = _file_bytes(list(shown))
    unknown = _elsewhere({pk: one for pk, one in shown.items() if pk not in file_bytes})
    for pk, fields in shown.items():
        found[pk] += round(len(fields) * file_bytes.get(pk, 0))
    return found | dict.fromkeys(unknown)


def _data_bytes(ids: list[int]) -> dict[int, Any]:
    loads = Load.objects.filter(project__in=ids, added_count__gt=0, task_bytes__gt=0)
    loads = loads.exclude(state=Load.State.DROPPED)
    total = Sum(F("task_bytes") * F("added_count"))
    rows = loads.order_by().values("project").annotate(total=total, count=Sum("added_count"))
    return {row["project"]: round(row["total"] / row["count"]) for row in rows}


def _file_bytes(ids: list[int]) -> dict[int, float]:
    """The mean size of the files of those projects that have any here."""
    held = Medium.objects.filter(project__in=ids, removed_at=None) if ids else Medium.objects.none()
    rows = held.order_by().values_list("project").annotate(mean=Avg("size_bytes"))
    return {pk: float(mean) for pk, mean in rows}


def _elsewhere(fields_of: dict[int, list[str]]) -> list[int]:
    """Those projects of which a task names files elsewhere."""
    if not fields_of:
        return []
    with connection.cursor() as cursor:
        cursor.execute(A_TASK, [list(fields_of)])
        rows = cursor.fetchall()
    return [pk for pk, data in rows if _names_elsewhere(json.loads(data), fields_of[pk])]


def _names_elsewhere(data: dict[str, Any], fields: list[str]) -> bool:
    return any(str(data.get(field, "")).lower().startswith(ELSEWHERE) for field in fields)
