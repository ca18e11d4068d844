"""A balance taken out of the vault by its proof, when the house is gone: no database is asked."""

from typing import Any

from eth_account.signers.local import LocalAccount
from web3 import Web3

from payments.chain import verifying, wallet


def leave(given: Any, *, account: LocalAccount, urls: list[str]) -> str:
    """The hash of the tx by which the vault paid what this proof says, to whom it says.

    The account pays the gas and gets nothing, unless the proof is its own. Raises NoProof, Refused
    while the house is not silent or when it was taken out before, ChainError.
    """
    for one in verifying.balance(given, urls=urls):
        if not one.is_good:
            raise verifying.NoProof(f"{one.subject}: {one.text}")
    vault = verifying.AskedVault(urls, given["vault"], given["token"])
    who = Web3.to_checksum_address(given["account"])
    proof = [bytes.fromhex(one.removeprefix("0x")) for one in given["proof"]]
    call = vault.vault.functions.exit(who, given["units"], proof)
    return wallet.called(call, account, web3=vault.web3)
