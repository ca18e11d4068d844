"""The entrance of the web process."""

import os

from django.core.wsgi import get_wsgi_application

from config.celery import app as celery_app
from config.doors import ProgramsHandler, doors

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STIPEND_PLANS", "auto")
os.environ.setdefault("STIPEND_TRY_CONNECTIONS", "0")
application = doors(people=get_wsgi_application(), programs=ProgramsHandler())

__all__ = ["application", "celery_app"]
