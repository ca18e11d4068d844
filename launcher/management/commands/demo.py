"""`demo`: the whole corridor without a person; exit code 1 and sentences if anything is off."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo import corridor, digits
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
            self._on_a_product_of_its_own()
            return
        problems = corridor.run(url.rstrip("/"), tasks_count=tasks, labelers_count=labelers)
        if problems:
            raise CommandError("\n".join(["Something is off.", *problems]))
        self.stdout.write("Everything adds up.")

    def _on_a_product_of_its_own(self) -> None:
        """The same command once more, as a process that finds the services started meanwhile."""
        self.stdout.write("No product is running: one is started for this.")
        self.stdout.flush()
        given = {name: os.environ[name] for name in registry.KEYS if os.environ.get(name)}
        try:
            with product.started(folders.home(), **given) as started:
                env = {**os.environ, **started.environment}
                done = subprocess.run([sys.executable, *sys.argv], env=env, check=False)
        except CannotRun as error:
            raise CommandError(str(error))
        if done.returncode:
            sys.exit(done.returncode)
