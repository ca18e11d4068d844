"""`exit`: what a proof says is owed, taken out of the vault; by anybody, for whom it says."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from eth_account.signers.local import LocalAccount

from payments import money, networks
from payments.chain import endpoints, leaving, verifying
from payments.chain.errors import ChainError
from payments.management import keyfiles, prooffiles


class Command(BaseCommand):
    help = "Takes a balance out of a vault whose house is silent: no database of ours is asked."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="as downloaded from the earnings page")
        parser.add_argument("--rpc", default="", help="endpoint of a node; else CHAIN_RPC_URL")
        keyfiles.add_options(parser, whose="wallet that pays the gas")

    def handle(self, *args: Any, file: Path, rpc: str, **options: Any) -> None:
        urls = endpoints.split(rpc or settings.CHAIN_RPC_URL)
        if not options["keystore"]:
            raise CommandError("--keystore is needed: some wallet has to pay the gas.")
        proofs = prooffiles.rows(file)
        if not proofs:
            raise CommandError("There is no proof in this file.")
        try:
            account = keyfiles.account(options)
        except (ChainError, OSError) as error:
            raise CommandError(str(error))
        refused = sum(not self._took_out(one, account=account, urls=urls) for one in proofs)
        if refused:
            raise CommandError(f"{refused} of {len(proofs)} were not paid.")

    def _took_out(self, proof: Any, *, account: LocalAccount, urls: list[str]) -> bool:
        try:
            tx_hash = leaving.leave(proof, account=account, urls=urls)
        except (verifying.NoProof, ChainError) as error:
            self.stderr.write(str(error))
            return False
        self.stdout.write(f"{money.format(proof['units'])} to {proof['account']}: {tx_hash}")
        network = networks.of_chain(proof["chain_id"])  # of the proof: it may be any house's
        if network and network.tx_url:
            self.stdout.write(network.tx_url.format(hash=tx_hash))
        return True
