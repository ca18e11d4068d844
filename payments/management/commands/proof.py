"""`proof`: a proof of a balance out of the leaves that a mirror kept; no house is asked."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import mirrors, money
from payments.management import prooffiles


class Command(BaseCommand):
    help = "Prints the proof of what a wallet is owed, of each tree in the leaves that has it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="as /api/v1/solvency/leaves/ answered it")
        parser.add_argument("wallet", help="0x and 40 digits")
        parser.add_argument("amount", help="what it is owed, such as 1.50")
        parser.add_argument(
            "--any-up-to",
            action="store_true",
            help="the amount is a limit: each one up to it is tried",
        )

    def handle(
        self, *args: Any, file: Path, wallet: str, amount: str, any_up_to: bool, **options: Any
    ) -> None:
        rows = prooffiles.rows(file)
        try:
            units = money.parse(amount)
            amounts = range(1, units + 1) if any_up_to else [units]
            made = mirrors.proofs(rows[0] if rows else None, account=wallet, amounts=amounts)
        except (mirrors.NoLeaf, money.InvalidAmount) as error:
            raise CommandError(str(error))
        self.stdout.write(json.dumps(made if len(made) > 1 else made[0], indent=1))
