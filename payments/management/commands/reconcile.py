"""`manage.py reconcile`: the book proved, with a sentence for each thing that is off."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import jobs
from payments.chain.errors import ChainError


class Command(BaseCommand):
    help = "Proves the book against itself, the work, and the chain; exits with 1 if it is off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--offline", action="store_true", help="leave the chain out")

    def handle(self, *args: Any, offline: bool, **options: Any) -> None:
        try:
            report = jobs.prove(with_chain=not offline)
        except ChainError as error:
            raise CommandError(f"The chain cannot be asked: {error}")
        for name, figure in report.figures.items():
            self.stdout.write(f"{name.replace('_', ' '):>18}  {figure}")
        for problem in report.problems:
            self.stderr.write(problem)
        if not report.ok:
            raise CommandError(f"{len(report.problems)} problems.")
        self.stdout.write("reconcile: clean")
