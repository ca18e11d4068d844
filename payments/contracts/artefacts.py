"""The compiled contracts, as they were built and committed."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Artefact:
    """A compiled contract: what is sent to deploy it, and what then stands at its address, followed
    by its immutables. Both are 0x and hexadecimal digits."""

    name: str
    compiler: str
    abi: list[dict[str, Any]]
    bytecode: str
    runtime: str


@cache
def load(name: str) -> Artefact:
    """The artefact of `Vault` or `TestToken`."""
    return Artefact(**json.loads((FOLDER / f"{name}.json").read_text()))
