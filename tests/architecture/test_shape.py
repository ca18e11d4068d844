"""Sizes, names and words: the house style as far as a machine can see it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["config", "people", "labeling", "payments", "launcher", "demo", "bench"]
FILE_LINES, FUNCTION_LINES, PARAMETERS = 500, 70, 6
HOMELESS = {"utils", "util", "common", "helpers", "helper", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_files_fit_the_head(room):
    long = {named(path): len(path.read_text().splitlines()) for path in sources(room)}

    assert long, f"{room} is empty"
    assert {path: lines for path, lines in long.items() if lines > FILE_LINES} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_functions_fit_the_screen(room):
    long = [
        f"{named(path)}: {node.name}"
        for path in sources(room)
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES
    ]

    assert long == []


@pytest.mark.parametrize("room", ROOMS)
def test_functions_take_few_parameters(room):
    greedy = []
    for path in sources(room):
        for node in functions(path):
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            own = [one for one in taken if one.arg not in {"self", "cls"}]
            if len(own) > PARAMETERS:
                greedy.append(f"{named(path)}: {node.name}")

    assert greedy == []


def test_no_module_without_a_home():
    homeless = [named(path) for path in sources(*ROOMS) if path.stem in HOMELESS]

    assert homeless == []


def test_the_bank_does_not_know_what_the_money_is_for():
    word = re.compile(r"\btasks?\b", re.IGNORECASE)
    files = [*sources("payments"), *(ROOT / "payments").rglob("*.html")]

    spoken = [named(path) for path in files if word.search(path.read_text())]

    assert spoken == []


def test_the_workshop_does_not_know_the_chain():
    word = re.compile(r"\b(web3|blockchain|nonce|gas|calldata)\b", re.IGNORECASE)

    spoken = [named(path) for path in sources("labeling") if word.search(path.read_text())]

    assert spoken == []


@pytest.mark.parametrize("room", ["people", "labeling", "payments"])
def test_business_happens_in_sight(room):
    hidden = []
    for path in sources(room):
        text = path.read_text()
        if "django.db.models.signals" in text or "django.dispatch" in text:
            hidden.append(f"{named(path)}: signal")
        hidden += [f"{named(path)}: save" for node in functions(path) if node.name == "save"]

    assert [one for one in hidden if "/forms.py" not in one] == []


@pytest.mark.parametrize("room", ["people", "labeling", "payments"])
def test_verbs_say_what_is_true_when_they_return(room):
    """Every public function of a room's own modules has a docstring."""
    silent = []
    for path in (ROOT / room).glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            public = isinstance(node, Function) and not node.name.startswith("_")
            if public and ast.get_docstring(node) is None:
                silent.append(f"{named(path)}: {node.name}")

    assert silent == []


def test_only_the_ledger_writes_the_book():
    writes = re.compile(
        r"\b(Entry|Line|Account)\.objects\.(create|bulk_create|update|get_or_create)"
    )

    elsewhere = [
        named(path)
        for path in sources("payments", "labeling", "people", "launcher", "demo")
        if path.name != "ledger.py" and writes.search(path.read_text())
    ]

    assert elsewhere == []
