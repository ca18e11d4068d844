"""What a page or an answer shows of the chain: wallets, contracts, txs, blocks; and the links."""

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

EXPLORER = "https://explorer.example"
NAMED = re.compile(r"\b0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})\b|\b0x[0-9a-fA-F]{4,}…")
LINK = re.compile(rf"{EXPLORER}/(?:tx|block|address)/(0x[0-9a-fA-F]+)")
UNSEEN = {"script", "style", "textarea"}  # a textarea holds what a wallet is to sign
TO_SIGN = {"calls", "typed_data", "nonces", "call", "message"}
NODES = {"proof", "leaves"}  # of a tree


class Page(HTMLParser):
    """`bare` is what it shows without a link to the explorer, `linked` what has one, `led` what is
    shown with where that leads. It leads `astray` if that is another one: a root, of those with the
    txs that wrote them, leads to one of these.
    """

    def __init__(self, text: str, roots: Mapping[str, set[str]]) -> None:
        super().__init__()
        self.bare: list[str] = []
        self.linked: set[str] = set()
        self.led: set[tuple[str, str]] = set()
        self.astray: list[str] = []
        self._roots = roots
        self._href, self._unseen = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self.linked.update(LINK.findall(self._href))
        elif tag in UNSEEN:
            self._unseen = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = ""
        elif tag == self._unseen:
            self._unseen = ""

    def handle_data(self, data: str) -> None:
        link = LINK.match(self._href)
        if self._unseen:
            return
        if not link:
            self.bare += NAMED.findall(data)
            return
        named = NAMED.findall(data)
        self.led |= {(one, link[1]) for one in named}
        self.astray += [f"{one} → {link[1]}" for one in named if not self._fits(one, link[1])]

    def _fits(self, shown: str, leads_to: str) -> bool:
        whole, is_cut = shown.rstrip("…").lower(), shown.endswith("…")
        of_root = [txs for root, txs in self._roots.items() if root.startswith(whole)]
        if of_root:
            return any(leads_to in txs for txs in of_root)
        return leads_to.lower().startswith(whole) if is_cut else leads_to.lower() == whole


def bare_in_json(found: Any, known: set[str], above: str = "") -> Iterator[str]:
    """What a document names without its page in the same object, or in one around it.

    `known` are roots and purses: a root's object has the page of the tx that wrote it.
    """
    if isinstance(found, list):
        for one in found:
            yield from bare_in_json(one, known, above)
    elif isinstance(found, dict):
        near = above + json.dumps({name: one for name, one in found.items() if _is_near(name, one)})
        for name, one in found.items():
            if name not in TO_SIGN | NODES:
                yield from bare_in_json(one, known, near)
            if name.endswith("_root") and f"{EXPLORER}/tx/" not in near:
                yield f"{name} {one}"
    elif isinstance(found, str) and EXPLORER not in found:
        linked = set(LINK.findall(above))
        yield from (one for one in NAMED.findall(found) if one not in linked | known)


def _is_near(name: str, value: Any) -> bool:
    return isinstance(value, str) or name == "links"
