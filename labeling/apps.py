"""The app."""

from django.apps import AppConfig
from django.utils.translation import gettext

from labeling import errors


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        errors.speak(gettext)
