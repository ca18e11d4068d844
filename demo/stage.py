"""A product that is started for one command, and ends with it however that ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from launcher import product


def play_again(home: Path, *words: str, **settings: str) -> int:
    """The exit code of our own command, run once more, with `words` appended, on such a product.

    A process of its own, because settings name the services and are read once. `{url}` in the
    words becomes the product's address. Raises launcher.errors.CannotRun.
    """
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        with product.started(home, **settings) as started:
            told = [word.format(url=started.url) for word in words]
            env = {**os.environ, **started.environment}
            return subprocess.run(
                [sys.executable, *sys.argv, *told], env=env, check=False
            ).returncode
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: FrameType | None) -> None:
    """What a context has started, it stops."""
    sys.exit(128 + number)
