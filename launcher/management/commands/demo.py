"""`demo`: the whole corridor without a person; exit code 1 and sentences if anything is off."""

import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import environment
from demo import corridor, digits, product

DEFAULT_LABELERS = 12


class Command(BaseCommand):
    help = "The whole corridor without a person, against the running product or one it starts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tasks", type=int, default=digits.COUNT, help="digits to label")
        parser.add_argument("--labelers", type=int, default=DEFAULT_LABELERS)

    def handle(self, *args: Any, tasks: int, labelers: int, **options: Any) -> None:
        url = product.running()
        if url is None:
            self._on_a_product_of_its_own()
            return
        problems = corridor.run(url, tasks_count=tasks, labelers_count=labelers)
        if problems:
            raise CommandError("\n".join(["Something is off.", *problems]))
        self.stdout.write("Everything adds up.")

    def _on_a_product_of_its_own(self) -> None:
        """The same command once more, as a process that finds the services started meanwhile."""
        self.stdout.write("No product is running: one is started for this.")
        self.stdout.flush()
        try:
            with product.started(environment.home()) as env:
                done = subprocess.run([sys.executable, *sys.argv], env=env, check=False)
        except RuntimeError as error:
            raise CommandError(str(error))
        if done.returncode:
            sys.exit(done.returncode)
