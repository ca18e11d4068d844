"""Keys that somebody brings to a command: an encrypted keystore file (V3) and its password."""

from argparse import ArgumentParser
from collections.abc import Mapping
from getpass import getpass
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from payments.chain import signer
from payments.chain.wallet import OwnWallet, Wallet


def add_options(parser: ArgumentParser, *, whose: str) -> None:
    """`--keystore` and `--password-file`."""
    parser.add_argument("--keystore", default="", help=f"keystore file (V3) of the {whose}")
    parser.add_argument("--password-file", default="", help="else the password is asked for")


def account(options: Mapping[str, Any]) -> LocalAccount:
    """The key in the file that was named. Raises NoKey, OSError."""
    file = options["password_file"]
    password = Path(file).read_text().rstrip("\n") if file else ""
    return signer.opened(options["keystore"], password or getpass("The keystore's password: "))


def wallet(options: Mapping[str, Any], *, local: int) -> Wallet:
    """That of the file; without one the local chain's well-known account of this number."""
    return OwnWallet(account(options)) if options["keystore"] else Wallet(local)
