"""Hashes and addresses, each leading to the network's explorer where there is one."""

import re

from django.utils.html import format_html, format_html_join

from payments import explorer

SHOWN = 10  # characters of a hash; the whole of it is in the link and the title
KEY_SHOWN = 20
TX_HASH = re.compile("0x[0-9a-f]{64}")
ADDRESS = re.compile("0x[0-9a-fA-F]{40}")


def tx_link(*hashes: str) -> str:
    """These hashes, shortened."""
    return format_html_join(" ", "{}", ((_link(one, explorer.tx_url(one)),) for one in hashes))


def block_link(block_hash: str) -> str:
    """A block's hash, shortened."""
    return _link(block_hash, explorer.block_url(block_hash))


def address_link(address: str) -> str:
    """The whole address: admins compare them."""
    url = explorer.address_url(address)
    return format_html('<a href="{}">{}</a>', url, address) if url else address


def short_address_link(address: str) -> str:
    """Its two ends, for lists; the whole of it is in the link and the title."""
    return _link(address, explorer.address_url(address), shown=f"{address[:6]}…{address[-4:]}")


def root(text: str, tx_hash: str) -> str:
    """A Merkle root, shortened; it leads to the tx that wrote it: no explorer has a page for it."""
    return _link(text, explorer.tx_url(tx_hash))


def said(text: str) -> str:
    """A text of ours or of others, in which wallets and hashes are links."""
    return format_html_join("", "{}", ((_piece(*piece),) for piece in explorer.pieces(text)))


def _piece(piece: str, url: str | None) -> str:
    return format_html('<a href="{}">{}</a>', url, piece) if url else piece


def report(payload: dict[str, str]) -> str:
    """What the vault reported, name by name. Only addresses are looked for: its other words of 32
    bytes are roots and purses."""
    rows = (
        (name, address_link(value) if ADDRESS.fullmatch(value) else value)
        for name, value in payload.items()
    )
    return format_html_join("", "<p>{}: {}</p>", rows)


def key(text: str, *, shown: str = "") -> str:
    """An entry's key; one that names a chain tx leads there."""
    tx_hash = next((part for part in text.split(":") if TX_HASH.fullmatch(part)), "")
    return _link(text, explorer.tx_url(tx_hash), shown=shown or text)


def short(text: str) -> str:
    """The start of a key, for lists; the whole of it is in the link and the title."""
    return key(text, shown=text if len(text) <= KEY_SHOWN else f"{text[:KEY_SHOWN]}…")


def _link(text: str, url: str | None, *, shown: str = "") -> str:
    if not text:
        return ""
    shown = shown or (text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
    if url is None:
        return format_html('<span title="{}">{}</span>', text, shown)
    return format_html('<a href="{}" title="{}">{}</a>', url, text, shown)
