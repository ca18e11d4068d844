"""`verify`: what the product promised, checked by whoever it was promised to."""

from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from payments.chain import endpoints, verifying, verifying_labels
from payments.chain.errors import ChainError
from payments.management import prooffiles


class Command(BaseCommand):
    help = "Checks a proof against the chain alone: no database and no service of ours is asked."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        balance = kinds.add_parser("balance", help="that the vault owes what a proof says")
        balance.add_argument("file", type=Path, help="as downloaded from the earnings page")
        export = kinds.add_parser("export", help="that an export's labels were paid, on chain")
        export.add_argument("file", type=Path, help="…/export/?as=json or jsonl")
        export.add_argument("proofs", type=Path, help="…/export/proofs/")
        for one in (balance, export):
            one.add_argument("--rpc", default="", help="endpoint of a node; else CHAIN_RPC_URL")

    def handle(self, *args: Any, kind: str, file: Path, rpc: str, **options: Any) -> None:
        urls = endpoints.split(rpc or settings.CHAIN_RPC_URL)
        if kind == "export":
            rows, anchors = prooffiles.rows(file), prooffiles.rows(options["proofs"])
            if not rows:
                raise CommandError("There is no row in this export.")
            bad = self._told(lambda: verifying_labels.labels(rows, anchors, urls=urls))
        else:
            proofs = prooffiles.rows(file)
            if not proofs:
                raise CommandError("There is no proof in this file.")
            bad = sum(self._told(partial(verifying.balance, one, urls=urls)) for one in proofs)
        if bad:
            raise CommandError(f"{bad} of the checks failed.")
        self.stdout.write(f"The {kind} is proved.")

    def _told(self, check: Callable[[], list[verifying.Finding]]) -> int:
        """How many of these checks failed; a line for each."""
        try:
            findings = check()
        except (verifying.NoProof, ChainError) as error:
            raise CommandError(str(error))
        for one in findings:
            mark = "ok " if one.is_good else "BAD"
            self.stdout.write(f"{mark}  {one.subject:<8}  {one.text}")
        return sum(not one.is_good for one in findings)
