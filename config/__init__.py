"""Wiring. The Celery app is the process's default one, so that a nudge finds its broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
