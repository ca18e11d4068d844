"""Keys made here: an encrypted keystore file (V3) that whoever has the password can open."""

import json
import os
from pathlib import Path

from eth_account import Account

PASSWORD_CHARACTERS = 12  # at least


class KeyNotMade(Exception):
    """The password is too short, or the file is there already or cannot be written."""


def make(path: Path, *, password: str) -> str:
    """The address of a new key, which is in this file and nowhere else. Raises KeyNotMade.

    The file can be read by its owner alone, and never replaces another one.
    """
    if len(password) < PASSWORD_CHARACTERS:
        raise KeyNotMade(f"The password needs at least {PASSWORD_CHARACTERS} characters.")
    account = Account.create()
    sealed = json.dumps(Account.encrypt(account.key, password)).encode()
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise KeyNotMade(f"{path} cannot be made: {error.strerror}.") from error
    with os.fdopen(file, "wb") as opened:
        opened.write(sealed)
        opened.flush()
        os.fsync(opened.fileno())
    return str(account.address)
