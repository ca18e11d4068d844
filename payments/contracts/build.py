"""`python -m payments.contracts.build`: compiles the contracts and writes their artefacts."""

import json
from pathlib import Path
from typing import Any

from vyper import __version__, compile_code

FOLDER = Path(__file__).resolve().parent
NAMES = ["Vault", "TestToken"]


def compiled(path: Path) -> dict[str, Any]:
    """The artefact of one source, the same for the same compiler."""
    formats = ["abi", "bytecode", "bytecode_runtime"]
    found = compile_code(path.read_text(), output_formats=formats)
    return {
        "name": path.stem,
        "compiler": f"vyper {__version__}",
        "abi": found["abi"],
        "bytecode": found["bytecode"],
        "runtime": found["bytecode_runtime"],
    }


def spelled(artefact: dict[str, Any]) -> str:
    """The artefact as it stands in its file."""
    return json.dumps(artefact, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Writes an artefact for each contract."""
    for name in NAMES:
        text = spelled(compiled(FOLDER / f"{name}.vy"))
        (FOLDER / f"{name}.json").write_text(text)
        print(f"{name}: {len(text)} bytes")


if __name__ == "__main__":
    main()
