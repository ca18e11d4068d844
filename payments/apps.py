"""The app."""

from django.apps import AppConfig
from django.core import checks

from payments.checks import check_settings


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        checks.register(check_settings)
