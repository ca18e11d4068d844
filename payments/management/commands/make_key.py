"""`manage.py make_key FILE`: a new key in an encrypted keystore file, and its address."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.chain import keystores


class Command(BaseCommand):
    help = "Makes a key for the vault's owner or payer: an encrypted keystore file (V3)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="must not be there yet")
        parser.add_argument("--password-file", type=Path, help="else the password is asked for")

    def handle(self, *args: Any, file: Path, password_file: Path | None, **options: Any) -> None:
        try:
            self.stdout.write(keystores.make(file, password=_password(password_file)))
        except (keystores.KeyNotMade, OSError) as error:
            raise CommandError(str(error))


def _password(file: Path | None) -> str:
    if file is not None:
        return file.read_text().rstrip("\n")
    first = getpass("A password for the new key: ")
    if getpass("Once more: ") != first:
        raise CommandError("The two are not the same.")
    return first
