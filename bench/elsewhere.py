"""Programs of others in environments of their own, beside the product: made once, kept at home."""

import os
import subprocess
import sys
import venv
import zlib
from pathlib import Path

from launcher import folders


class Failed(RuntimeError):
    """It could not be installed, or it did not end well."""


def installed(name: str, requirements: Path) -> Path:
    """The Python of the environment of this name; made anew when its requirements change.

    Nothing is installed but what the file names. Raises Failed.
    """
    place = folders.part(folders.make(folders.home()), name)
    python, stamp = place / "bin" / "python", place / "installed"
    wanted = str(zlib.crc32(requirements.read_bytes()))
    if not (stamp.exists() and stamp.read_text() == wanted):
        print(f"Installing {name} beside the product; this takes a minute.", file=sys.stderr)
        venv.create(place, clear=True, with_pip=True)
        run(python, "-m", "pip", "install", "-q", "--no-deps", "-r", str(requirements))
        stamp.write_text(wanted)
    return python


def run(python: Path, *arguments: str) -> str:
    """What it says on standard output; raises Failed with the end of what it complains of."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ended = subprocess.run(
        [python, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise Failed(ended.stderr.strip()[-2000:] or f"It ended with {ended.returncode}.")
    return ended.stdout
