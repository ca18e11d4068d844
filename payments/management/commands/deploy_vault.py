"""`manage.py deploy_vault`: the vault is on the chain, and the book knows which chain it is."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from payments import addresses, explorer, money
from payments.chain import deploy, signer
from payments.chain.errors import ChainError
from payments.errors import PaymentsError


class Command(BaseCommand):
    help = (
        "Deploys token and vault on a fresh local chain by itself, on any other chain with the "
        "owner's key; checks them on any later run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--owner-keystore", default="", help="keystore file (V3) of the owner")
        parser.add_argument("--password-file", default="", help="else the password is asked for")
        parser.add_argument("--payer", default="", help="address; else that of PAYER_KEYSTORE")
        parser.add_argument(
            "--token",
            default=settings.NETWORK.token_address,
            help="address, or `test` for a test token; else the network's own",
        )
        parser.add_argument("--daily-cap", default="1000", help="dollars, such as 1000")
        parser.add_argument("--name", default=settings.NETWORK.title, help="of the network, here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            network = deploy.ensure(_terms(options) if options["owner_keystore"] else None)
        except (ChainError, PaymentsError, money.InvalidAmount, OSError) as error:
            raise CommandError(str(error))
        self.stdout.write(f"vault {network.vault_address} on chain {network.chain_id}")
        if url := explorer.address_url(network.vault_address):
            self.stdout.write(url)


def _terms(options: dict[str, Any]) -> deploy.Terms:
    path = options["password_file"]
    password = Path(path).read_text().rstrip("\n") if path else getpass("The owner's password: ")
    payer, token = options["payer"], options["token"]
    return deploy.Terms(
        owner=signer.opened(options["owner_keystore"], password),
        name=options["name"],
        payer_address=addresses.parse(payer) if payer else "",
        token_address=addresses.parse(token) if token not in ("", "test") else "",
        daily_cap_units=money.parse(options["daily_cap"]),
    )
