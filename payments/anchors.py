"""Which batch paid for which accepted work, and the way to the root of it that the chain keeps."""

from collections.abc import Iterator, Sequence
from typing import Any

from eth_hash.auto import keccak

from payments import solvency, statements, trees
from payments.models import Network, Owed

FORMAT = "stipend-labels-1"


def of(keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """For each batch on chain that paid some of these releases, the oldest first: their proofs.

    A leaf is the pair of the keccak256 of a release's key and its units. What is not paid out yet
    is in none.
    """
    known = statements.payments_of(keys)
    paid = {key: one["tx_hash"] for key, one in known.items() if one["tx_hash"]}
    found = solvency.recorded().filter(batch__chain_tx__tx_hash__in=set(paid.values()))
    for owed in found.order_by("batch__number"):
        tx_hash = owed.batch.chain_tx.tx_hash
        yield _anchor(owed, {key for key, one in paid.items() if one == tx_hash})


def _anchor(owed: Owed, keys: set[str]) -> dict[str, Any]:
    network, labels = Network.objects.get(), owed.labels or []
    tree = solvency.labels_tree(labels)
    return {
        "format": FORMAT,
        "chain_id": network.chain_id,
        "vault": network.vault_address,
        "token": network.token_address,
        "batch": owed.batch.number,
        "tx_hash": owed.batch.chain_tx.tx_hash,
        "labels_root": owed.labels_root,
        "labels": [
            {"key": key, "units": units, "proof": _way(tree, key, units)}
            for key, units in labels
            if key in keys
        ],
    }


def _way(tree: trees.Tree, key: str, units: int) -> list[str]:
    return ["0x" + node.hex() for node in tree.proof(trees.leaf(keccak(key.encode()), units))]
