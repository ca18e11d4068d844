"""Mirrors: whoever keeps the leaves of the vault's last tree keeps everybody's way to their money.

A leaf is the hash of a wallet and its units: who knows neither learns nothing from it, and who
knows both finds their place and the proof. Nothing here asks a database or a chain.
"""

from collections.abc import Iterable
from typing import Any

from eth_utils import to_checksum_address

from payments import money, trees

FORMAT, PROOF_FORMAT = "stipend-leaves-1", "stipend-balance-1"
HEAD = ("chain_id", "vault", "token", "batch", "tx_hash", "balances_root")


class NoLeaf(Exception):
    """These are no leaves, or what is looked for is in none of them."""


def proof(given: Any, *, account: str, amounts: Iterable[int]) -> dict[str, Any]:
    """The proof of what this account is owed: of the first of these amounts, in units, that is
    in a leaf. Raises NoLeaf."""
    leaves, account = _leaves(given), _checked(account)
    tree = trees.Tree(leaves)
    if "0x" + tree.root.hex() != given["balances_root"]:
        raise NoLeaf("These leaves do not make the root that they name.")
    word, known = bytes.fromhex(account.removeprefix("0x")), set(leaves)
    for units in amounts:
        leaf = trees.hashed(word, units)
        if leaf in known:
            return _made(given, account, units, tree.proof(leaf))
    raise NoLeaf("No leaf is of this wallet and such an amount.")


def _checked(account: str) -> str:
    try:
        return str(to_checksum_address(account))
    except ValueError as error:
        raise NoLeaf(f"{account[:60]} is no wallet.") from error


def _leaves(given: Any) -> list[bytes]:
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise NoLeaf(f"These are no leaves: their format is not {FORMAT}.")
    if missing := [name for name in HEAD if name not in given]:
        raise NoLeaf(f"The leaves are not whole: {missing[0]} is missing.")
    try:
        return [bytes.fromhex(one.removeprefix("0x")) for one in given["leaves"]]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NoLeaf(f"The leaves are not whole: {error}.") from error


def _made(given: Any, account: str, units: int, siblings: list[bytes]) -> dict[str, Any]:
    return {
        "format": PROOF_FORMAT,
        **{name: given[name] for name in HEAD},
        "account": account,
        "units": units,
        "amount": money.format(units),
        "proof": ["0x" + one.hex() for one in siblings],
    }
