"""Requesters' markup: what is left of it to show, and the texts in it that answers point into.

`clean` keeps tags that shape a text, and of attributes those that say how it runs; no addresses,
no styles, no scripts. What it gives reads the same when it is read again, so that the labeler's
page and this room count the same texts. Paths, as XPath has them, count from the outermost tags:
`/p[2]/b[1]/text()[1]`. Whole offsets count code points over all texts, and one for each `<br>`.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

import nh3

TAGS = {
    *("a", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt"),
    *("em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd"),
    *("li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES = {"*": {"dir", "lang"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
CLOSED = {"br", "hr"}  # tags that hold nothing
PASSES_LIMIT = 5
SPACES = " \t\n\f\r"  # before the first text, where nobody reads them as a text


def clean(markup: str) -> str:
    """The markup as it is shown; its bare text where it does not settle down."""
    for _ in range(PASSES_LIMIT):
        before = markup
        markup = nh3.clean(markup, tags=TAGS, attributes=ATTRIBUTES, link_rel=None).lstrip(SPACES)
        if markup == before:
            return markup
    return escape(_Reader.read(markup).text.lstrip(SPACES), quote=False)


@dataclass(frozen=True)
class Node:
    """A text in the markup: its path, its first whole offset, and itself."""

    path: str
    start: int
    text: str


@dataclass(frozen=True)
class Document:
    """The texts in the order shown; `text` is all of them, with a line feed for each `<br>`."""

    nodes: tuple[Node, ...]
    text: str

    def place(self, path: str, offset: int) -> int | None:
        """The whole offset of a place in the text at this path; None if there is none."""
        for node in self.nodes:
            if node.path == path and 0 <= offset <= len(node.text):
                return node.start + offset
        return None


@lru_cache(maxsize=64)
def document(markup: str) -> Document:
    """The texts of the markup as it is shown."""
    return _Reader.read(clean(markup))


class _Reader(HTMLParser):
    """Reads clean markup, in which every tag is closed where it ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.path: list[str] = []
        self.counts: list[Counter[str]] = [Counter()]
        self.nodes: list[Node] = []
        self.pieces: list[str] = []
        self.length = 0
        self.waiting = ""

    @classmethod
    def read(cls, markup: str) -> Document:
        reader = cls()
        reader.feed(markup)
        reader.close()
        reader._end_text()
        return Document(tuple(reader.nodes), "".join(reader.pieces))

    def handle_data(self, data: str) -> None:
        self.waiting += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_text()
        step = self._step(tag)
        if tag == "br":
            self._add("\n")
        if tag not in CLOSED:
            self.path.append(step)
            self.counts.append(Counter())

    def handle_endtag(self, tag: str) -> None:
        self._end_text()
        if self.path and tag not in CLOSED:
            self.path.pop()
            self.counts.pop()

    def _end_text(self) -> None:
        if self.waiting:
            path = "/" + "/".join([*self.path, self._step("text()")])
            self.nodes.append(Node(path, self.length, self.waiting))
            self._add(self.waiting)
            self.waiting = ""

    def _add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def _step(self, name: str) -> str:
        self.counts[-1][name] += 1
        return f"{name}[{self.counts[-1][name]}]"
