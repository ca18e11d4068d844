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

WHERE = ("vault", "token", "account")  # on the chain a proof leads to


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
        for page in dict.fromkeys(_pages(anchors if kind == "export" else proofs)):
            self.stdout.write(f"see {page}")
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


def _pages(given: list[Any]) -> Iterator[str]:
    """What the proofs name, in the explorer of their own chain: it may be any house's."""
    for one in given:
        network = networks.of_chain(one.get("chain_id")) if isinstance(one, dict) else None
        if network and network.explorer:
            names = {"tx_hash": network.tx_url, **dict.fromkeys(WHERE, network.address_url)}
            for name, url in names.items():
                if explorer.SHOWN.fullmatch(str(one.get(name))):
                    yield url.format(hash=one[name], address=one[name])
