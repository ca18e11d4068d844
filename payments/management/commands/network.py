"""`manage.py network check`: all that must be true before money is sent, a line each."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import explorer
from payments.chain import checkup


class Command(BaseCommand):
    help = "`check`: endpoints, token, vault, roles, balances; exits with 1 if one is not good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        findings = checkup.findings()
        for one in findings:
            mark = "ok " if one.is_good else "BAD"
            self.stdout.write(f"{mark}  {one.subject:<18}  {one.text}")
            for url in explorer.links(one.text).values():
                self.stdout.write(f"{'':25}{url}")
        bad = sum(not one.is_good for one in findings)
        if bad:
            raise CommandError(f"{bad} of {len(findings)} are not as they must be.")
