"""The key that pays. Only the worker's environment leads to it."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from eth_account import Account
from eth_account.signers.local import LocalAccount

from payments.chain.errors import NoKey

LOCAL_CHAIN = 31337
# The mnemonic that every local development chain knows. It guards nothing anywhere else.
DEV_MNEMONIC = "test test test test test test test test test test test junk"
PAYER_INDEX = 1

Account.enable_unaudited_hdwallet_features()


@cache
def dev_account(index: int) -> LocalAccount:
    """The local chain's well-known account of this number."""
    path = f"m/44'/60'/0'/0/{index}"
    account: LocalAccount = Account.from_mnemonic(DEV_MNEMONIC, account_path=path)
    return account


def payer(chain_id: int) -> LocalAccount:
    """The account that pays batches; raises NoKey.

    An encrypted keystore file (V3) and its password, or on the local chain its well-known key.
    """
    if settings.PAYER_KEYSTORE:
        return opened(settings.PAYER_KEYSTORE, settings.PAYER_KEYSTORE_PASSWORD)
    if chain_id == LOCAL_CHAIN:
        return dev_account(PAYER_INDEX)
    raise NoKey("PAYER_KEYSTORE names no key, and this is not the local chain.")


@cache
def opened(path: str, password: str) -> LocalAccount:
    """The account in an encrypted keystore file (V3); raises NoKey."""
    try:
        key = Account.decrypt(json.loads(Path(path).read_text()), password)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoKey(f"The keystore file cannot be opened: {type(error).__name__}.")
    account: LocalAccount = Account.from_key(key)
    return account
