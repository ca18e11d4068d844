"""`manage.py deposit PURSE AMOUNT`: test dollars into a purse, on the local chain."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from payments import money, purses
from payments.chain.errors import ChainError
from payments.chain.wallet import Wallet

REQUESTER = 2  # the dev chain's account that plays the requester


class Command(BaseCommand):
    help = "Mints test dollars on the local chain and deposits them into a purse of the vault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("purse", type=UUID)
        parser.add_argument("amount", help="decimal, such as 12.50")

    def handle(self, *args: Any, purse: UUID, amount: str, **options: Any) -> None:
        try:
            units = money.parse(amount)
            wallet = Wallet(REQUESTER)
            wallet.mint(units)
            tx_hash = wallet.deposit(purses.onchain(purse), units)
        except (money.InvalidAmount, ChainError) as error:
            raise CommandError(str(error))
        self.stdout.write(f"{money.format(units)} sent to the vault: {tx_hash}")
