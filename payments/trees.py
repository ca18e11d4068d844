"""Merkle trees of balances, in the format of OpenZeppelin's StandardMerkleTree (standard-v1).

A leaf is keccak256(keccak256(abi.encode(word, uint256))): an address or 32 bytes, and an amount in
base units. Each pair is hashed in order of size, so that a proof needs no directions. The leaves
stand at the end of the tree's list, ordered by their hashes from its end to its front, and the
parent of node n is node (n - 1) // 2.
"""

from collections.abc import Sequence
from functools import lru_cache

from eth_hash.auto import keccak

FORMAT = "standard-v1"
NO_ROOT = b"\0" * 32  # of a tree of nobody


def hashed(word: bytes, units: int) -> bytes:
    """The hash of one leaf; `word` is an address of 20 bytes, or 32 bytes."""
    return keccak(keccak(word.rjust(32, b"\0") + units.to_bytes(32, "big")))


leaf = lru_cache(maxsize=200_000)(hashed)  # from one batch to the next most balances stay


def parent(one: bytes, other: bytes) -> bytes:
    """The hash above these two nodes, whichever of them comes first."""
    return keccak(one + other if one < other else other + one)


class Tree:
    """A tree over leaves in any order; `nodes` as in the format, the root first."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        count = len(leaves)
        self.places = {one: 2 * count - 2 - place for place, one in enumerate(sorted(leaves))}
        self.nodes: list[bytes] = [b""] * max(2 * count - 1, 0)
        for one, place in self.places.items():
            self.nodes[place] = one
        for place in range(count - 2, -1, -1):
            self.nodes[place] = parent(self.nodes[2 * place + 1], self.nodes[2 * place + 2])

    @property
    def root(self) -> bytes:
        return self.nodes[0] if self.nodes else NO_ROOT

    def proof(self, leaf: bytes) -> list[bytes]:
        """The siblings from the leaf up; raises KeyError for a leaf that is not in the tree."""
        place, found = self.places[leaf], []
        while place:
            found.append(self.nodes[place - 1 if place % 2 == 0 else place + 1])
            place = (place - 1) // 2
        return found


def climbed(leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that this leaf and its proof lead to."""
    node = leaf
    for sibling in proof:
        node = parent(node, sibling)
    return node
