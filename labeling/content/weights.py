"""How much data a task costs its labeler: measured when it was loaded.

The bytes are those of the data itself, as it is sent before compression; images and sounds that
are named by an address come on top, and their size is not known here.
"""

from collections.abc import Iterable

from django.db.models import F, Sum

from labeling.models import Load

WEIGHED = [Load.State.LOADED, Load.State.OPENED]


def of_projects(project_ids: Iterable[int]) -> dict[int, int | None]:
    """The mean bytes of a task by project, in one statement; None where nothing is loaded."""
    ids = list(project_ids)
    loads = Load.objects.filter(project__in=ids, added_count__gt=0, task_bytes__gt=0)
    total = Sum(F("task_bytes") * F("added_count"))
    rows = loads.order_by().values("project").annotate(total=total, count=Sum("added_count"))
    found = {row["project"]: round(row["total"] / row["count"]) for row in rows}
    return dict.fromkeys(ids) | found
