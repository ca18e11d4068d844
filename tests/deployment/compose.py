"""docker-compose.yml as compose reads it: variables filled in, defaults and demands included."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?+])(?P<word>[^}]*))?\}")


def read(variables: Mapping[str, str]) -> dict[str, Any]:
    """The whole file; raises KeyError for a demanded variable that is not set."""

    def fill(found: re.Match[str]) -> str:
        value = variables.get(found["name"], "")
        match found["how"]:
            case "-":
                return value or found["word"]
            case "+":
                return found["word"] if value else ""
            case "?" if not value:
                raise KeyError(found["name"])
        return value

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [filled(one) for one in value]
        return VARIABLE.sub(fill, value) if isinstance(value, str) else value

    return filled(yaml.safe_load(FILE.read_text()))
