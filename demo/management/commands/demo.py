"""`demo`: the whole corridor without a person; exit code 1 and sentences if anything is off."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo import corridor, digits, stage
from launcher import folders, product, registry
from launcher.errors import CannotRun

DEFAULT_LABELERS = 12


class Command(BaseCommand):
    help = "The whole corridor without a person, against the running product or one it starts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tasks", type=int, default=digits.COUNT, help="digits to label")
        parser.add_argument("--labelers", type=int, default=DEFAULT_LABELERS)

    def handle(self, *args: Any, tasks: int, labelers: int, **options: Any) -> None:
        url = os.environ.get("STIPEND_URL")
        if not url and (running := product.running(folders.home())):
            url = running.url
        if not url:
            sys.exit(self._on_a_product_of_its_own())
        try:
            problems = corridor.run(url.rstrip("/"), tasks_count=tasks, labelers_count=labelers)
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130)
        if problems:
            raise CommandError("\n".join(["Something is off.", *problems]))
        self.stdout.write("Everything adds up.")

    def _on_a_product_of_its_own(self) -> int:
        self.stdout.write("No product is running: one is started for this.")
        self.stdout.flush()
        given = {name: os.environ[name] for name in registry.KEYS if os.environ.get(name)}
        try:
            return stage.play_again(folders.home(), **given)
        except CannotRun as error:
            raise CommandError(str(error))
