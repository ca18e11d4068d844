"""`manage.py vault VERB`: what the vault's owner alone may do."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import addresses, explorer, money
from payments.chain import client, deploy, vault
from payments.chain.errors import ChainError
from payments.errors import PaymentsError
from payments.management import keyfiles

NOBODY = "0x" + "0" * 40


def _address(text: str) -> str:
    return NOBODY if text == "nobody" else addresses.parse(text)


# What each verb takes, if anything.
VERBS: dict[str, Callable[[str], str | int] | None] = {
    "set_payer": _address,
    "set_daily_cap": money.parse,
    "offer_ownership": _address,
    "accept_ownership": None,
}


class Command(BaseCommand):
    help = (
        "What the vault's owner may do: set_payer ADDRESS, set_daily_cap DOLLARS, offer_ownership "
        "ADDRESS; `nobody` stops payments, or takes the offer back. accept_ownership is for whom "
        "it was offered to."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=VERBS)
        parser.add_argument("value", nargs="?", default="")
        keyfiles.add_options(parser, whose="owner; on the local chain the well-known one")
        parser.add_argument(
            "--calldata", action="store_true", help="send nothing: print it, for a multisig"
        )

    def handle(self, *args: Any, verb: str, value: str, **options: Any) -> None:
        try:
            arguments = _arguments(verb, value)
            if options["calldata"]:
                self.stdout.write(f"to    {client.stored().vault_address}")
                self.stdout.write(f"data  0x{vault.encode(verb, *arguments).hex()}")
                return
            owner = keyfiles.wallet(options, local=deploy.OWNER_INDEX)
            tx_hash = owner.tell_vault(verb, *arguments)
        except (ChainError, PaymentsError, money.InvalidAmount, OSError) as error:
            raise CommandError(str(error))
        self.stdout.write(f"{verb} {value}".rstrip() + f": {tx_hash}")
        if url := explorer.tx_url(tx_hash):
            self.stdout.write(url)


def _arguments(verb: str, value: str) -> list[str | int]:
    parse = VERBS[verb]
    if bool(value) == (parse is None):
        raise CommandError(f"{verb} takes {'nothing' if parse is None else 'a value'}.")
    return [parse(value)] if parse else []
