"""`manage.py block_addresses FILE`: nobody is paid out to the addresses of a list any more."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import addresses
from payments.errors import MalformedAddress


class Command(BaseCommand):
    help = (
        "Blocks the addresses of a file, one a line, # begins a comment, such as a list of "
        "sanctioned ones. Payouts to them that no batch has taken up come back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="", help="whose list it is; else the file's name")

    def handle(self, *args: Any, file: Path, source: str, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8") as lines:
                count = addresses.load_blocked(lines, source=source or file.name)
        except (OSError, UnicodeDecodeError, MalformedAddress) as error:
            raise CommandError(str(error))
        self.stdout.write(f"{count} addresses are new.")
