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

    found = filled(yaml.safe_load(FILE.read_text()))
    for service in found["services"].values():
        if "environment" in service:
            service["environment"] = _given(service["environment"], variables)
    return found


def _given(environment: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """What has no value in the file is as the shell has it, or not there."""
    passed = {name: variables.get(name) for name, one in environment.items() if one is None}
    found = {**environment, **passed}
    return {name: one for name, one in found.items() if one is not None}
