"""What people would read in English whatever they speak: words that nobody marked.

It reads pages as HTML, Python as calls that are known to show text, and scripts by how strings
look; what it takes for words and is none stands in `NO_WORDS`.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.jslexer import Token, tokenize, unquote_string
from django.template.base import Lexer, TokenType

from launcher import folders
from launcher.words import extraction
from launcher.words.catalogues import SCRIPTS, SERVER

NO_WORDS = frozenset({"Stipend", "API", "CSV", "GitHub"})
WORD = re.compile(r"[^\W\d_]{2,}")
FOR_OPERATORS = ("payments/chain/", "payments/gauges.py", "models/rules.py", "models/book.py")
SCHEMA = "/api/"  # the help texts of fields are read in the schema, by programs' authors


def everywhere() -> Iterator[str]:
    """Each unmarked text, behind the name of its file."""
    for path in [*extraction.sources(SERVER), *extraction.sources(SCRIPTS)]:
        name = str(path.relative_to(folders.ROOT))
        if not any(part in f"/{name}" for part in FOR_OPERATORS):
            for text in _of_file(path):
                yield f"{name}: {text}"


def _of_file(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".py":
            yield from of_python(text, is_schema=SCHEMA in str(path))
        case ".js":
            yield from of_script(text)
        case _:
            yield from of_page(text)


# --- Pages ----------------------------------------------------------------------------------

SHOWN_ATTRIBUTES = ("alt", "aria-label", "aria-description", "label", "placeholder", "title")
IN_A_TAG = re.compile(r"""(?:(?:default|default_if_none|yesno):|\w=)(["'])(?P<text>.*?)\1""")
SILENT_BLOCKS = {"block body_class": "endblock"}
SILENT_TAGS = ("url", "static", "load", "extends", "blocktranslate", "translate", "cycle")


class _Page(HTMLParser):
    """Collects what a page says, outside of its template tags."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inside: str = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        for name, value in attributes:
            if name in SHOWN_ATTRIBUTES and value:
                self.said.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside not in {"script", "style"}:
            self.said += data.splitlines()


def of_page(text: str) -> Iterator[str]:
    """What a template says outside of translate tags: text, attributes and defaults."""
    page, end = _Page(), ""
    for token in Lexer(text).tokenize():
        if token.token_type == TokenType.BLOCK:
            end = SILENT_BLOCKS.get(token.contents, end)
            if token.contents.startswith("blocktranslate"):
                end = "endblocktranslate"
            elif token.contents == end:
                end = ""
        if token.token_type == TokenType.TEXT and not end:
            page.feed(token.contents)
        elif token.token_type in (TokenType.VAR, TokenType.BLOCK):
            page.said += _in_tag(token.contents)
    page.close()
    yield from (said.strip() for said in page.said if _is_words(said))


def _in_tag(contents: str) -> Iterator[str]:
    if "|pluralize" in contents:
        yield contents
    elif not contents.startswith(SILENT_TAGS):
        found = (match["text"] for match in IN_A_TAG.finditer(contents))
        yield from (text for text in found if " " in text or text[:1].isupper())


def _is_words(text: str) -> bool:
    return bool(WORD.search(text)) and text.strip(" ·…:,") not in NO_WORDS


# --- Python ---------------------------------------------------------------------------------

SHOWN_KEYWORDS = ("label", "help_text", "empty_label")
SHOWN_CALLS = {  # of what shows its argument of this number
    **dict.fromkeys(("ValidationError", "PermissionDenied"), 0),
    **dict.fromkeys(("success", "error", "info", "warning", "add_error"), 1),
}


def of_python(text: str, *, is_schema: bool = False) -> Iterator[str]:
    """Texts in forms, messages, choices and errors that are no marked sentences."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from _shown_by(node, () if is_schema else SHOWN_KEYWORDS)
        elif isinstance(node, ast.ClassDef) and _offers_choices(node):
            yield from _labels_of(node)


def _shown_by(call: ast.Call, keywords: tuple[str, ...]) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in extraction.errors() and call.args and _is_put_together(call.args[0]):
        yield ast.unparse(call)
    number = SHOWN_CALLS.get(name, len(call.args))
    shown = [*call.args[number : number + 1]]
    shown += [one.value for one in call.keywords if one.arg in keywords]
    yield from (ast.unparse(one) for one in shown if _is_text(one))


def _is_put_together(node: ast.expr) -> bool:
    """True for `f"…{x}"` and `"…" % x`, False for a plain sentence or what is marked inside."""
    is_filled = isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant)
    return isinstance(node, ast.JoinedStr) or is_filled


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and _is_words(node.value)
    return _is_put_together(node)


def _offers_choices(node: ast.ClassDef) -> bool:
    return any(getattr(base, "attr", "") == "TextChoices" for base in node.bases)


def _labels_of(choices: ast.ClassDef) -> Iterator[str]:
    for node in choices.body:
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Tuple) and _is_text(value.elts[1]):
            yield ast.unparse(value.elts[1])


# --- Scripts --------------------------------------------------------------------------------

SHOWS = re.compile(
    r"\.(textContent|innerText|placeholder|title|alt|ariaLabel)=[^;]*$"
    r"""|(setAttribute\(["'](aria-label|title|alt|placeholder)["'],|["']aria-label["']:)$"""
    r"|[{,](text|label|title|alt|placeholder|textContent):$"
)
HOLE = re.compile(r"\$\{[^}]*\}")
SENTENCE = re.compile(r"^\W*[A-Z][a-z’']*[ ,]+.*[a-z]|[a-z]{2}[ ,].*[.!?…]$")
COUNTED = re.compile(r"^[^\w]*(\0[^\w]*)+\s[a-z]{2,}[a-z ]*$")
TOKENS_BEFORE = 8


def of_script(text: str) -> Iterator[str]:
    """Strings that look like a sentence, or stand where people read them."""
    before: list[Token] = []
    for token in tokenize(text, jsx=False, template_string=True):
        if token.type in {"linecomment", "multilinecomment"}:
            continue
        if token.type in {"string", "template_string"} and not _is_marked(before):
            said = unquote_string(token.value) if token.type == "string" else token.value[1:-1]
            if _is_said(HOLE.sub("\0", said), before) and said not in NO_WORDS:
                yield said
        before = [*before[-TOKENS_BEFORE:], token]


def _is_marked(before: list[Token]) -> bool:
    """True for an argument of `_` or `plural`: they are the last call that was opened."""
    written = [token.value for token in before]
    if written[-2:] == ["_", "("] or written[-2:] == ["plural", "("]:
        return True
    return written[-4:-2] == ["plural", "("] and written[-1] == ","


def _is_said(text: str, before: list[Token]) -> bool:
    if SENTENCE.search(text) or COUNTED.search(text):
        return True
    written = "".join(token.value for token in before)
    return bool(SHOWS.search(written)) and _is_words(text)
