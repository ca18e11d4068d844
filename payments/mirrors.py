"""Mirrors: whoever keeps the leaves of the vault's last tree keeps everybody's way to their money.

A leaf is the hash of a wallet and its units: who knows both finds their place and the proof. It
keeps no secret: wallets that were paid are public, and amounts can be tried against them. Nothing
here asks a database or a chain.
"""

from collections.abc import Sequence
from typing import Any

from eth_utils import to_checksum_address

from payments import money, trees

FORMAT, PROOF_FORMAT = "stipend-leaves-1", "stipend-balance-1"
HEAD = ("chain_id", "vault", "token", "batch", "tx_hash", "balances_root")


class NoLeaf(Exception):
    """These are no leaves, or what is looked for is in none of them."""


def proofs(given: Any, *, account: str, amounts: Sequence[int]) -> list[dict[str, Any]]:
    """The proofs of what this account is owed, one for each tree that was kept and has a leaf of
    it: of the first of these amounts, in units, that is in that tree. Raises NoLeaf."""
    account = _checked(account)
    kept = [(one, _tree(one)) for one in (given, *_coming(given))]
    word, found = bytes.fromhex(account.removeprefix("0x")), dict[int, dict[str, Any]]()
    for units in amounts:
        leaf = trees.hashed(word, units)
        for at, (one, tree) in enumerate(kept):
            if at not in found and leaf in tree.places:
                found[at] = _made(one, account, units, tree.proof(leaf))
        if len(found) == len(kept):
            break
    if not found:
        raise NoLeaf("No leaf is of this wallet and such an amount.")
    return [found[at] for at in sorted(found)]


def _checked(account: str) -> str:
    try:
        return str(to_checksum_address(account))
    except ValueError as error:
        raise NoLeaf(f"{account[:60]} is no wallet.") from error


def _coming(given: Any) -> list[Any]:
    """The trees that were on their way to the vault when these leaves were kept, oldest first."""
    coming = given.get("coming", []) if isinstance(given, dict) else []
    if not isinstance(coming, list):
        raise NoLeaf("The leaves are not whole: what is coming is no list.")
    return coming


def _tree(given: Any) -> trees.Tree:
    tree = trees.Tree(_leaves(given))
    if "0x" + tree.root.hex() != given["balances_root"]:
        raise NoLeaf("These leaves do not make the root that they name.")
    return tree


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
