"""The clock: Celery calls jobs; the rows in PostgreSQL say what is due."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("stipend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
# Imported by the worker when it starts, never by the web process: the payments jobs load web3
# and the payer's key.
app.conf.imports = ("people.jobs", "labeling.jobs", "payments.jobs")


@task_prerun.connect
@task_postrun.connect
def _drop_broken_connections(*, task: Task, **_: Any) -> None:
    """As around a request: a connection that broke or grew old is not the next job's."""
    if not task.request.is_eager:
        close_old_connections()
