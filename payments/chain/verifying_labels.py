"""An export held against the chain: what it says was paid, a batch's root on chain says too.

Of what somebody took out with a proof the chain says how much went to whom, and no more.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from eth_hash.auto import keccak

from payments import money, trees
from payments.chain.errors import ChainError
from payments.chain.verifying import AskedVault, Finding, NoProof

FORMAT = "stipend-labels-1"
EXIT_FORMAT = "stipend-exit-1"
Paid = dict[str, str]  # the tx hash by the release's key
Taken = Counter[tuple[str, str]]  # units by an exit's tx and account


def labels(rows: Sequence[Any], anchors: Sequence[Any], *, urls: list[str]) -> list[Finding]:
    """All that was checked of an export and the proofs that came with it.

    Raises NoProof, ChainError.
    """
    said, count = _said(rows)
    proved: Paid = {}
    found: list[Finding] = []
    taken: Taken = Counter()
    for anchor in anchors:
        is_exit = isinstance(anchor, dict) and anchor.get("format") == EXIT_FORMAT
        keys = _read_exit(anchor) if is_exit else _read(anchor)
        vault = AskedVault(urls, anchor["vault"], anchor["token"])
        found += _checked(anchor, keys, vault, partial(_taken, taken) if is_exit else _paid)
        proved |= dict.fromkeys(keys, anchor["tx_hash"])
    missing = [key for key, tx_hash in said.items() if proved.get(key) != tx_hash]
    text = f"labels: {count}, paid out: {len(said)}, of these not proved: {len(missing)}"
    return [*found, Finding("export", not missing, text)]


def _said(rows: Sequence[Any]) -> tuple[Paid, int]:
    """What the export says was paid out, and how many labels it has."""
    try:
        made = [one for row in rows for one in row["annotations"]]
        return {one["release_key"]: one["tx_hash"] for one in made if one["tx_hash"]}, len(made)
    except (KeyError, TypeError) as error:
        raise NoProof("This is no export: take one of the kind json or jsonl.") from error


def _read(anchor: Any) -> list[str]:
    """The releases that this line is about; raises NoProof unless all of them climb to its root."""
    if not isinstance(anchor, dict) or anchor.get("format") != FORMAT:
        raise NoProof(f"These are no proofs of labels: their format is not {FORMAT}.")
    try:
        climbed = {one["key"]: _climbed(one) for one in anchor["labels"]}
        root, names = anchor["labels_root"], ("vault", "token", "tx_hash", "labels_root")
        if not all(isinstance(anchor[name], str) for name in names):
            raise TypeError("an address or a hash is no text")
        wrong = [key for key, node in climbed.items() if "0x" + node.hex() != root]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NoProof(f"The proofs are not whole: {error}.") from error
    if wrong:
        raise NoProof(f"{wrong[0]} does not climb to {root}: {len(wrong)} of the proofs are wrong.")
    return list(climbed)


def _climbed(label: dict[str, Any]) -> bytes:
    leaf = trees.leaf(keccak(label["key"].encode()), label["units"])
    return trees.climbed(leaf, [bytes.fromhex(one.removeprefix("0x")) for one in label["proof"]])


def _read_exit(anchor: dict[str, Any]) -> list[str]:
    """The releases that this line says were taken out; raises NoProof."""
    try:
        names = ("vault", "token", "tx_hash", "account")
        if not all(isinstance(anchor[name], str) for name in names):
            raise TypeError("an address or a hash is no text")
        if not all(isinstance(one["units"], int) and one["units"] > 0 for one in anchor["labels"]):
            raise ValueError("units are whole numbers above 0")
        return [str(one["key"]) for one in anchor["labels"]]
    except (KeyError, TypeError, ValueError) as error:
        raise NoProof(f"The proofs are not whole: {error}.") from error


Check = Callable[[dict[str, Any], str, AskedVault], Finding]


def _checked(
    anchor: dict[str, Any], keys: list[str], vault: AskedVault, check: Check
) -> Iterator[Finding]:
    actual = vault.chain_id()
    if actual != anchor.get("chain_id"):
        text = f"the endpoint is on {actual}, the proof is for {anchor.get('chain_id')}"
        yield Finding("chain", False, text)
        return
    text = f"labels: {len(keys)}, paid by {anchor['vault']} in {anchor['tx_hash']}"
    try:
        yield check(anchor, text, vault)
    except (ChainError, ValueError) as error:
        yield Finding("batch", False, f"{anchor['tx_hash'][:80]}: {error}"[:200])


def _paid(anchor: dict[str, Any], text: str, vault: AskedVault) -> Finding:
    is_there = anchor["labels_root"] in vault.labels_roots(anchor["tx_hash"])
    return Finding("batch", is_there, text if is_there else f"{text}, which keeps another root")


def _taken(before: Taken, anchor: dict[str, Any], text: str, vault: AskedVault) -> Finding:
    """No root names them: that so much went to that wallet is all that the chain says, and lines
    about the same exit may not say more than that together."""
    one = anchor["tx_hash"].lower(), anchor["account"].lower()
    before[one] += sum(label["units"] for label in anchor["labels"])
    units = vault.exited(anchor["tx_hash"], anchor["account"])
    text += f" by an exit of {money.format(units)} to {anchor['account']}"
    return Finding(
        "exit", units >= before[one], f"{text}; these are {money.format(before[one])} of it"
    )
