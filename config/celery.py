"""The clock: Celery calls jobs; the rows in PostgreSQL say what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("stipend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
# Imported by the worker when it starts, never by the web process: the payments jobs load web3
# and the payer's key.
app.conf.imports = ("people.jobs", "labeling.jobs", "payments.jobs")
