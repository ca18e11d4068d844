"""`words`: brings the catalogues of translations up to the code, or says what they lack."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from launcher.words import catalogues, checking, extraction

PROBLEMS_SHOWN = 40


class Command(BaseCommand):
    help = "Writes what the code says into locale/, and compiles it; --check changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="fail on a sentence that lacks a translation"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            self._check()
        else:
            self._update()

    def _check(self) -> None:
        if found := list(checking.problems()):
            more = [f"… and {len(found) - PROBLEMS_SHOWN} more"] * (len(found) > PROBLEMS_SHOWN)
            raise CommandError("\n".join([*found[:PROBLEMS_SHOWN], *more]))
        self.stdout.write("Every sentence is translated.")

    def _update(self) -> None:
        for domain in catalogues.DOMAINS:
            said = extraction.catalogue(domain)
            for language in catalogues.languages():
                kept = catalogues.update(language, domain, said)
                left = sum(1 for one in kept if one.id and not _is_translated(one.string))
                self.stdout.write(f"{language}/{domain}: {len(kept)} sentences, {left} to do")
        catalogues.compile_all()


def _is_translated(said: Any) -> bool:
    return all(said) if isinstance(said, list | tuple) else bool(said)
