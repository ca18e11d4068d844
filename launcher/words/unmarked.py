"""What people would read in English whatever they speak: words that nobody marked.

It reads pages as HTML; Python as what is known to show text, and sentences that are returned or
stand in a table; and scripts by how strings look. What it takes for words and is none stands in
`NO_WORDS`, and whole files that speak English by intention in `FOR_OPERATORS` and `FOR_PROGRAMS`.
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
# Help texts of the schema, tables of exports and reports; and what is signed with a wallet, which
# stays what it is (ERC-4361 has ASCII alone). What refuses, and labels, are looked at there too.
FOR_PROGRAMS = (
    *("/api/", "config/s", "data/exports.py", "aggregation/", "judging/audits.py"),
    "judging/labels.py",
    *("payments/reconcile.py", "/wallets.py"),
)


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
            name = f"/{path.relative_to(folders.ROOT)}"
            yield from of_python(text, for_programs=any(map(name.__contains__, FOR_PROGRAMS)))
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
    **dict.fromkeys(("ValidationError", "PermissionDenied", "AuthenticationFailed"), 0),
    **dict.fromkeys(("HttpResponseBadRequest", "HttpResponseForbidden"), 0),
    **dict.fromkeys(("success", "error", "info", "warning", "add_error"), 1),
}


SAID_WHOLE = re.compile(r"^[A-Z“][^\n]*\s[^\n]*[.!?…]$")


def of_python(text: str, *, for_programs: bool = False) -> Iterator[str]:
    """Texts in forms, messages, choices and errors that are no marked sentences, and sentences
    that functions return or tables hold; not those for programs."""
    tree = ast.parse(text)
    constants = dict(_constants_of(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _shown_by(node, () if for_programs else SHOWN_KEYWORDS, constants)
        elif isinstance(node, ast.ClassDef):
            yield from _labels_of(node) if _offers_choices(node) else _message_of(node)
        elif not for_programs and isinstance(node, ast.Return | ast.Dict):
            yield from map(ast.unparse, _sentences_in(node))


def _constants_of(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The module's own names of texts."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield getattr(node.targets[0], "id", ""), node.value


def _message_of(node: ast.ClassDef) -> Iterator[str]:
    """What a class refuses with; the errors of a room are marked by being that."""
    for one in node.body if node.name not in extraction.errors() else ():
        is_message = isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == "message"
        if isinstance(one, ast.Assign) and is_message and _is_text(one.value):
            yield ast.unparse(one.value)


def _sentences_in(node: ast.AST | None) -> Iterator[ast.expr]:
    """The sentences among what this may come to; a table in a table is looked at by itself."""
    match node:
        case ast.Return(value=value):
            yield from _sentences_in(value)
        case ast.Dict(values=parts):
            for part in parts:
                if not isinstance(part, ast.Dict):
                    yield from _sentences_in(part)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
            for part in parts:
                yield from _sentences_in(part)
        case ast.IfExp(body=first, orelse=second):
            yield from _sentences_in(first)
            yield from _sentences_in(second)
        case ast.Constant(value=str(text)) if SAID_WHOLE.match(text):
            yield node
        case ast.JoinedStr(values=pieces):
            held = [one.value if isinstance(one, ast.Constant) else "\0" for one in pieces]
            if SAID_WHOLE.match("".join(map(str, held))):
                yield node


def _shown_by(
    call: ast.Call, keywords: tuple[str, ...], constants: dict[str, ast.expr]
) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in extraction.errors() and call.args and _is_put_together(call.args[0]):
        yield ast.unparse(call)
    number = SHOWN_CALLS.get(name, len(call.args))
    shown = [*call.args[number : number + 1]]
    shown += [one.value for one in call.keywords if one.arg in keywords]
    meant = [constants.get(getattr(one, "id", ""), one) for one in shown]
    yield from (ast.unparse(one) for one in meant if _is_text(one))


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


SHOWING = {"append": 0, "prepend": 0, "replaceChildren": 0, "make": 2}  # from this argument on


def of_script(text: str) -> Iterator[str]:
    """Strings that look like a sentence, or stand where people read them."""
    before: list[Token] = []
    calls = _Calls()
    for token in tokenize(text, jsx=False, template_string=True):
        if token.type in {"linecomment", "multilinecomment"}:
            continue
        if token.type in {"string", "template_string"} and not _is_marked(before):
            said = unquote_string(token.value) if token.type == "string" else token.value[1:-1]
            plain = HOLE.sub("\0", said)
            is_shown = calls.shows and _is_words(plain)
            if (is_shown or _is_said(plain, before)) and said not in NO_WORDS:
                yield said
        calls.read(token, before)
        before = [*before[-TOKENS_BEFORE:], token]


class _Calls:
    """What is open where a script is read: a call and the number of its argument, or a bracket."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int]] = []

    @property
    def shows(self) -> bool:
        """True right inside a call that makes an element of what it is given."""
        name, number = self.open[-1] if self.open else ("", 0)
        return name in SHOWING and number >= SHOWING[name]

    def read(self, token: Token, before: list[Token]) -> None:
        if token.type != "operator":
            return
        if token.value in {"(", "[", "{"}:
            is_call = token.value == "(" and before and before[-1].type == "name"
            name = before[-1].value.rpartition(".")[2] if is_call else ""
            self.open.append((name, 0))
        elif token.value in {")", "]", "}"} and self.open:
            self.open.pop()
        elif token.value == "," and self.open:
            name, number = self.open[-1]
            self.open[-1] = (name, number + 1)


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
