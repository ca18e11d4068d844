"""Loads: what came in together, and how a load that nobody was asked about yet is taken back.

Promises: a load that was opened stays; of one that is dropped here no task is left, and its data
may be loaded again, also as gold, for nobody has seen it. (Those of a closed project stay, CLOSED.)
"""

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from labeling.errors import LoadOpened, NotFound
from labeling.models import Load, Project
from labeling.orders import projects

REMOVE = "DELETE FROM labeling_task WHERE project_id = %s AND load_id = %s AND state = 'LOADED'"


def of_project(project: Project) -> QuerySet[Load]:
    """What was loaded, newest first."""
    return project.loads.order_by("-created_at", "-pk")


@atomic
def drop(project: Project, *, load_id: object) -> Load:
    """The load's tasks are gone; dropped before is dropped.

    Raises NotFound, LoadOpened, ProjectClosed.
    """
    project = projects.lock(project.pk)
    load = project.loads.filter(pk=load_id).first()
    if load is None:
        raise NotFound("There is no such load in this project.")
    if load.state == Load.State.OPENED:
        raise LoadOpened()
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [project.pk, load.pk])
    load.state = Load.State.DROPPED
    load.save(update_fields=["state"])
    return load
