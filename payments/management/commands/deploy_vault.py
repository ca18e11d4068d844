"""`manage.py deploy_vault`: the vault is on the chain, and the book knows which chain it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.chain import deploy
from payments.chain.errors import ChainError


class Command(BaseCommand):
    help = "Deploys token and vault on a fresh local chain; checks them on any later run."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            network = deploy.ensure()
        except ChainError as error:
            raise CommandError(str(error))
        self.stdout.write(f"vault {network.vault_address} on chain {network.chain_id}")
