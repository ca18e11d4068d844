"""`verify`: what the product promised, checked by whoever it was promised to."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from payments.chain import client, verifying
from payments.chain.errors import ChainError


class Command(BaseCommand):
    help = "Checks a proof against the chain alone: no database and no service of ours is asked."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        balance = kinds.add_parser("balance", help="that the vault owes what a proof says")
        balance.add_argument("file", type=Path, help="as downloaded from the earnings page")
        balance.add_argument("--rpc", default="", help="endpoint of a node; else CHAIN_RPC_URL")

    def handle(self, *args: Any, file: Path, rpc: str, **options: Any) -> None:
        urls = client.split(rpc or settings.CHAIN_RPC_URL)
        bad = sum(self._told(proof, urls) for proof in _proofs(file))
        if bad:
            raise CommandError(f"{bad} of the checks failed.")
        self.stdout.write("The balance is proved.")

    def _told(self, proof: Any, urls: list[str]) -> int:
        """How many checks of this proof failed; a line for each."""
        try:
            findings = verifying.balance(proof, urls=urls)
        except (verifying.NoProof, ChainError) as error:
            raise CommandError(str(error))
        for one in findings:
            mark = "ok " if one.is_good else "BAD"
            self.stdout.write(f"{mark}  {one.subject:<8}  {one.text}")
        return sum(not one.is_good for one in findings)


def _proofs(file: Path) -> list[Any]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read: {error}")
    proofs = found if isinstance(found, list) else [found]
    if not proofs:
        raise CommandError("There is no proof in this file.")
    return proofs
