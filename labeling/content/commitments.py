"""A Merkle tree over SHA-256: one number that binds a whole list, and short proofs of its parts.

As in RFC 9162, section 2.1: a leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right),
a list is split at the largest power of two below its length, nothing is SHA-256 of nothing.
"""

from collections.abc import Sequence
from hashlib import sha256


def leaf(entry: bytes) -> bytes:
    """The leaf of an entry."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The node above two."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = _half(len(leaves))
    return node(root(leaves[:half]), root(leaves[half:]))


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The other sides on the way from the leaf of this index up to the root."""
    if len(leaves) <= 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*path(leaves[:half], index), root(leaves[half:])]
    return [*path(leaves[half:], index - half), root(leaves[:half])]


def climb(start: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that this path leads to from a leaf; None when the path does not fit the tree."""
    if size == 1:
        return start if not path and index == 0 else None
    if not path or not 0 <= index < size:
        return None
    half = _half(size)
    *below, other = path
    if index < half:
        left = climb(start, index=index, size=half, path=below)
        return left and node(left, other)
    right = climb(start, index=index - half, size=size - half, path=below)
    return right and node(other, right)


def _half(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)
