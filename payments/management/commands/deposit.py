"""`manage.py deposit PURSE AMOUNT`: tokens into a purse, from a wallet of the local chain or of
one's own."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from payments import explorer, money, purses
from payments.chain.errors import ChainError
from payments.management import keyfiles

REQUESTER = 2  # the dev chain's account that plays the requester


class Command(BaseCommand):
    help = (
        "Deposits tokens into a purse of the vault: test dollars minted on the local chain, or "
        "what the wallet of a keystore file has on any other."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("purse", type=UUID)
        parser.add_argument("amount", help="decimal, such as 12.50")
        keyfiles.add_options(parser, whose="depositor")
        parser.add_argument("--mint", action="store_true", help="test dollars out of nothing first")

    def handle(self, *args: Any, purse: UUID, amount: str, **options: Any) -> None:
        try:
            units = money.parse(amount)
            wallet = keyfiles.wallet(options, local=REQUESTER)
            if options["mint"] or not options["keystore"]:
                wallet.mint(units)
            tx_hash = wallet.deposit(purses.onchain(purse), units)
        except (money.InvalidAmount, ChainError, OSError) as error:
            raise CommandError(str(error))
        self.stdout.write(f"{money.format(units)} sent to the vault: {tx_hash}")
        if url := explorer.tx_url(tx_hash):
            self.stdout.write(url)
