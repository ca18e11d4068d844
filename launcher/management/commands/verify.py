"""`verify`: what the product promised, checked by whoever it was promised to."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from payments import explorer, networks
from payments.chain import endpoints, verifying, verifying_labels
from payments.chain.errors import ChainError
from payments.management import prooffiles

# What the checks of each kind of proof look at, and so where its reader may.
CHECKED = {
    verifying.FORMAT: ("vault", "token", "account"),
    verifying_labels.FORMAT: ("tx_hash", "vault"),
    verifying_labels.EXIT_FORMAT: ("tx_hash", "vault", "account"),
}


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
            proved, bad = self._export(file, options["proofs"], urls)
        else:
            proved, bad = self._balances(file, urls)
        for page in dict.fromkeys(page for one in proved for page in _pages(one)):
            self.stdout.write(f"see {page}")
        if bad:
            raise CommandError(f"{bad} of the checks failed.")
        self.stdout.write(f"The {kind} is proved.")

    def _export(self, file: Path, proofs: Path, urls: list[str]) -> tuple[list[Any], int]:
        """The proofs if all is good, and how many checks failed."""
        rows, anchors = prooffiles.rows(file), prooffiles.rows(proofs)
        if not rows:
            raise CommandError("There is no row in this export.")
        bad = self._told(lambda: verifying_labels.labels(rows, anchors, urls=urls))
        return [] if bad else anchors, bad

    def _balances(self, file: Path, urls: list[str]) -> tuple[list[Any], int]:
        """The proofs that are good, and how many checks of the others failed."""
        proofs = prooffiles.rows(file)
        if not proofs:
            raise CommandError("There is no proof in this file.")
        bad = [self._told(partial(verifying.balance, one, urls=urls)) for one in proofs]
        return [one for one, count in zip(proofs, bad, strict=True) if not count], sum(bad)

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


def _pages(proof: dict[str, Any]) -> Iterator[str]:
    """What was checked of a proof, in the explorer of its own chain: it may be any house's."""
    network = networks.of_chain(proof["chain_id"])
    if network is None or not network.explorer:
        return
    for name in CHECKED[proof["format"]]:
        if explorer.SHOWN.fullmatch(proof[name]):
            url = network.tx_url if name == "tx_hash" else network.address_url
            yield url.format(hash=proof[name], address=proof[name])
