"""Whether a process of the product does its work; asked from beside it, as containers do."""

import os
import subprocess
import sys
import time

from launcher import chain, folders, product

PORTS = {"web": 8000, "chain": 8545}
BEAT_SECONDS = 600  # the clock writes its memory every three minutes
PING_SECONDS = 5


def of(name: str) -> bool:
    """True if web or chain answers, a worker replies, or the clock has rung lately."""
    url = f"http://127.0.0.1:{os.environ.get('STIPEND_PORT') or PORTS.get(name)}"
    return {
        "web": lambda: product.serves(url),
        "chain": lambda: chain.answers(url),
        "worker": _worker_replies,
        "beat": _clock_rings,
    }[name]()


def _worker_replies() -> bool:
    ask = ["-m", "celery", "-A", "config.celery", "inspect", "ping", "-t", str(PING_SECONDS)]
    asked = subprocess.run([sys.executable, *ask], cwd=folders.ROOT, capture_output=True)
    return asked.returncode == 0


def _clock_rings() -> bool:
    written = [file.stat().st_mtime for file in (folders.home() / "beat").glob("schedule*")]
    return bool(written) and time.time() - max(written) < BEAT_SECONDS
