"""Where a person can look at the chain."""

import re

from django.conf import settings

SHOWN = re.compile(r"\b(0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}))\b")
HASH_CHARACTERS = 66


def tx_url(tx_hash: str | None) -> str | None:
    """The address of a chain tx in the network's explorer; None without a hash or an explorer."""
    if not tx_hash or not settings.CHAIN_EXPLORER_TX_URL:
        return None
    return str(settings.CHAIN_EXPLORER_TX_URL).format(hash=tx_hash)


def block_url(block_hash: str | None) -> str | None:
    """The address of a block in the network's explorer; None without one."""
    if not block_hash or not settings.CHAIN_EXPLORER_BLOCK_URL:
        return None
    return str(settings.CHAIN_EXPLORER_BLOCK_URL).format(hash=block_hash)


def address_url(address: str | None) -> str | None:
    """The address of a wallet or contract in the network's explorer; None without one."""
    if not address or not settings.CHAIN_EXPLORER_ADDRESS_URL:
        return None
    return str(settings.CHAIN_EXPLORER_ADDRESS_URL).format(address=address)


def pieces(text: str) -> list[tuple[str, str | None]]:
    """The text, cut where a wallet, a contract or a chain tx is named in it: each of these pieces
    with where a person can look at it, the others with None."""
    found = SHOWN.split(text)
    return [(piece, _url(piece) if at % 2 else None) for at, piece in enumerate(found) if piece]


def _url(shown: str) -> str | None:
    return tx_url(shown) if len(shown) == HASH_CHARACTERS else address_url(shown)


def links(text: str) -> dict[str, str]:
    """By each of them that is named in the text where a person can look at it."""
    return {piece: url for piece, url in pieces(text) if url}
