"""Reads exports with label-studio's own SDK; run by `bench labelstudio` in its own environment.

Takes a folder with, of each configuration, `<name>.xml` and the export `<name>.json`. Prints one
JSON object: the version and, of each configuration, `values` (what their converter reads, by
control), `typed` (what their class for each control keeps of a region) and what they `refuse`.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from label_studio_sdk.converter.converter import Converter
from label_studio_sdk.label_interface import LabelInterface


def main(folder: str) -> None:
    """What is read of each configuration, on standard output."""
    found = {path.stem: read(path) for path in sorted(Path(folder).glob("*.xml"))}
    print(json.dumps({"version": version("label-studio-sdk"), "read": found}))


def read(path: Path) -> dict[str, Any]:
    """The export beside this configuration, in their words."""
    config, export = path.read_text(), path.with_suffix(".json")
    items = Converter(config, str(path.parent)).iter_from_json_file(str(export))
    interface = LabelInterface(config)
    answers = [one for task in json.loads(export.read_text()) for one in task["annotations"]]
    return {
        "values": [item["output"] for item in items],
        "typed": [[typed(interface, region) for region in one["result"]] for one in answers],
        "refused": [said for one in answers for said in interface.validate_prediction(one, True)],
    }


def typed(interface: LabelInterface, region: dict[str, Any]) -> dict[str, Any] | None:
    """The region's value as an object of theirs; None for a control that has no class there."""
    known = getattr(interface.get_control(region["from_name"]), "_value_class", None)
    if known is None:
        return None
    value: dict[str, Any] = known(**region["value"]).model_dump(exclude_none=True)
    return value


if __name__ == "__main__":
    main(sys.argv[1])
