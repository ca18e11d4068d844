"""Which batch paid for which accepted work, and the way to the root of it that the chain keeps.

What somebody took out with a proof no batch paid: there the chain keeps to whom how much went, and
for which work that was is the book's word.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from eth_hash.auto import keccak

from payments import explorer, solvency, statements, trees
from payments.models import Account, Exit, Line, Network, Owed

FORMAT = "stipend-labels-1"
EXIT_FORMAT = "stipend-exit-1"


def of(keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """For each batch on chain that paid some of these releases, the oldest first: their proofs;
    then for each exit that took some of them, which tx that was.

    A leaf is the pair of the keccak256 of a release's key and its units. What is not paid out yet
    is in none.
    """
    known = statements.payments_of(keys)
    paid = {key: one["tx_hash"] for key, one in known.items() if one["tx_hash"]}
    found = solvency.recorded().filter(batch__chain_tx__tx_hash__in=set(paid.values()))
    for owed in found.order_by("batch__number"):
        tx_hash = owed.batch.chain_tx.tx_hash
        yield _anchor(owed, {key for key, one in paid.items() if one == tx_hash})
    for taken in Exit.objects.filter(tx_hash__in=set(paid.values())).order_by("entry"):
        mine = {key for key, one in paid.items() if one == taken.tx_hash}
        if labels := _taken(taken, mine):
            to = {"account": taken.address, "account_url": explorer.address_url(taken.address)}
            yield _head(EXIT_FORMAT, taken.tx_hash) | to | {"labels": labels}


def _taken(taken: Exit, keys: set[str]) -> list[dict[str, Any]]:
    """Those of these releases that lie in the span of this exit: one tx may hold several."""
    span = {
        "account__purse": taken.purse_id,
        "account__kind": Account.Kind.EARNED,
        "up_to_units__gt": taken.up_to_units - taken.amount_units,
        "up_to_units__lte": taken.up_to_units,
    }
    found = Line.objects.filter(entry__key__in=keys, **span).order_by("up_to_units")
    rows = found.values_list("entry__key", "amount_units")
    return [{"key": key, "units": units} for key, units in rows]


def _anchor(owed: Owed, keys: set[str]) -> dict[str, Any]:
    labels = owed.labels or []
    tree = solvency.labels_tree(labels)
    return {
        **_head(FORMAT, owed.batch.chain_tx.tx_hash),
        "batch": owed.batch.number,
        "labels_root": owed.labels_root,
        "labels": [
            {"key": key, "units": units, "proof": _way(tree, key, units)}
            for key, units in labels
            if key in keys
        ],
    }


def _head(kind: str, tx_hash: str) -> dict[str, Any]:
    network = Network.objects.get()
    return {
        "format": kind,
        "chain_id": network.chain_id,
        "vault": network.vault_address,
        "token": network.token_address,
        "tx_hash": tx_hash,
        "explorer_url": explorer.tx_url(tx_hash),
        "vault_url": explorer.address_url(network.vault_address),
        "token_url": explorer.address_url(network.token_address),
    }


def _way(tree: trees.Tree, key: str, units: int) -> list[str]:
    return ["0x" + node.hex() for node in tree.proof(trees.leaf(keccak(key.encode()), units))]
