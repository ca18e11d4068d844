"""What there is to translate: the marked sentences of the code, by catalogue.

Python and pages make the catalogue `django`, scripts the catalogue `djangojs`. Babel and Django's
reader of templates do it, no gettext programs. The sentences of our errors are marked by being
theirs: the `message` of a class in `errors.py`, and the text that such a class is raised with.
"""

import ast
import io
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_javascript, extract_python
from django.utils.translation.template import templatize

from launcher import folders
from launcher.words.catalogues import SCRIPTS

ROOMS = ("config", "people", "labeling", "payments")
SILENT = frozenset({"admin", "admin.py", "management", "migrations"})  # read by operators alone
RAISING = frozenset({"malformed", "outside"})  # methods of a control: errors of its answers
SENTENCE, PLURAL = ("id",), ("id", "id")
IN_CONTEXT, PLURAL_IN_CONTEXT = ("context", "id"), ("context", "id", "id")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), SENTENCE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), PLURAL_IN_CONTEXT),
}
SCRIPT_KEYWORDS = {"_": SENTENCE, "plural": PLURAL}


class Found(NamedTuple):
    """A marked sentence: `id` is its English, one and many of it in a pair if it counts."""

    file: str
    id: str | tuple[str, str]
    context: str | None


class Unreadable(Exception):
    """Something is marked that is no plain text, so nobody could translate it."""


def catalogue(domain: str) -> Catalog:
    """All marked sentences of one domain, with the names of the files that say them."""
    messages = Catalog(fuzzy=False)
    for path in sources(domain):
        for one in of_file(path):
            messages.add(one.id, locations=[(one.file, 0)], context=one.context)
    return messages


def sources(domain: str) -> list[Path]:
    """The files that speak in one domain."""
    files = [path for room in ROOMS for path in sorted((folders.ROOT / room).rglob("*.*"))]
    found = [path for path in files if not SILENT & set(path.relative_to(folders.ROOT).parts)]
    if domain == SCRIPTS:
        return [path for path in found if path.suffix == ".js" and "static" in path.parts]
    pages = [path for path in found if path.is_file() and "templates" in path.parts]
    return [*pages, *(path for path in found if path.suffix == ".py")]


def of_file(path: Path) -> Iterator[Found]:
    """The marked sentences of one file; raises Unreadable."""
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(folders.ROOT))
    read = {".py": _calls, ".js": _script_calls}.get(path.suffix, _template_calls)
    keywords = SCRIPT_KEYWORDS if path.suffix == ".js" else KEYWORDS
    for function, arguments in read(text):
        yield _found(name, keywords[function], arguments)


def _found(file: str, kinds: tuple[str, ...], arguments: Sequence[Any]) -> Found:
    given = list(arguments[: len(kinds)])
    if len(given) < len(kinds) or not all(isinstance(one, str) and one for one in given):
        raise Unreadable(f"{file}: a marked sentence is no plain text: {given}")
    context = given.pop(0) if kinds[0] == "context" else None
    return Found(file, given[0] if len(given) == 1 else (given[0], given[1]), context)


Call = tuple[str, Sequence[Any]]


def _calls(text: str) -> Iterator[Call]:
    """Calls of what marks sentences in Python, by name, and the sentences of errors."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [getattr(one, "value", None) for one in node.args]
            if name in KEYWORDS:
                yield name, given
            elif name in errors() and given and isinstance(given[0], str):
                yield "_", given[:1]
        elif isinstance(node, ast.ClassDef) and node.name in errors():
            yield from _message_of(node)


def _message_of(error: ast.ClassDef) -> Iterator[Call]:
    for node in error.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "message":
            yield "_", [getattr(node.value, "value", None)]


@cache
def errors() -> frozenset[str]:
    """What is called with an error's sentence: the classes of each room's `errors.py`, RAISING."""
    files = [folders.ROOT / room / "errors.py" for room in ROOMS]
    trees = [ast.parse(file.read_text()) for file in files if file.exists()]
    classes = (node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    return RAISING | {one.name for one in classes}


def _template_calls(text: str) -> Iterator[Call]:
    """Those that Django makes of the tags; in brackets the indentation means nothing."""
    code = f"(\n{templatize(text)}\n)"
    return _of_babel(extract_python(_stream(code), KEYWORDS, [], {"encoding": "utf-8"}))


def _script_calls(text: str) -> Iterator[Call]:
    options = {"encoding": "utf-8", "parse_template_string": True}
    return _of_babel(extract_javascript(_stream(text), SCRIPT_KEYWORDS, [], options))


def _of_babel(calls: Iterator[Any]) -> Iterator[Call]:
    for _, function, arguments, _ in calls:
        yield function, arguments if isinstance(arguments, list | tuple) else [arguments]


def _stream(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())
