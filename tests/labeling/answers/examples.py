"""The set of configurations in configs/, for every test that needs one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACE = Path(__file__).with_name("configs")
PARTS = ("data", "result", "invalid")


@dataclass(frozen=True)
class Example:
    """A configuration, the data of a task, an answer to it, and answers that are refused."""

    name: str
    xml: str
    data: dict[str, Any]
    result: list[dict[str, Any]]
    invalid: list[dict[str, Any]]


def read(name: str) -> Example:
    """The configuration of this name."""
    folder = PLACE / name
    parts = {part: json.loads((folder / f"{part}.json").read_text()) for part in PARTS}
    return Example(name=name, xml=(folder / "config.xml").read_text(), **parts)


NAMES = sorted(path.name for path in PLACE.iterdir() if path.is_dir())
MALFORMED = json.loads((PLACE / "malformed.json").read_text())
