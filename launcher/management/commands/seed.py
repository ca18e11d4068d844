"""`seed`: the demo project, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from launcher import network, seed
from launcher.errors import CannotRun


class Command(BaseCommand):
    help = "Opens the funded demo project on the local chain; the product must be running."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not network.is_local():
                raise CommandError("The demo is for the local chain alone.")
            made = seed.project()
        except (CannotRun, TimeoutError) as error:
            raise CommandError(str(error))
        self.stdout.write(f"The demo project {made.pk} is open.")
