"""The product that a program plays on: the one that runs, or one that is started for it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import environment

HEALTH_SECONDS = 5
START_SECONDS = 180
STOP_SECONDS = 20
POLL_SECONDS = 0.2
LOG_CHARACTERS = 2000
# A product of one's own brings its own services.
SERVICES = ("DATABASE_URL", "REDIS_URL", "CHAIN_RPC_URL", "STIPEND_URL")


def running() -> str | None:
    """The address of the product that serves now: STIPEND_URL's, else this home's."""
    for url in (os.environ.get("STIPEND_URL"), _registered(environment.home())):
        if url and _serves(url):
            return url.rstrip("/")
    return None


@contextmanager
def started(home: Path, *, is_own: bool = False) -> Iterator[dict[str, str]]:
    """The environment of a product that was started in `home` and stops behind the context.

    `is_own`: on a free port, with services of its own whatever the environment says.
    Raises RuntimeError with the end of its log when it does not come up.
    """
    env = {**os.environ, "STIPEND_HOME": str(home)}
    if is_own:
        env = {name: value for name, value in env.items() if name not in SERVICES}
        env["STIPEND_PORT"] = str(_free_port())
    home.mkdir(parents=True, exist_ok=True)
    log = home / "demo-up.log"
    with log.open("w") as out:
        up = subprocess.Popen(
            [sys.executable, str(environment.BASE_DIR / "manage.py"), "up"],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield {**env, "STIPEND_URL": _await(up, home, log)}
    finally:
        _stop(up)


def _await(up: "subprocess.Popen[bytes]", home: Path, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and up.poll() is None:
        url = _registered(home)
        if url and _serves(url):
            return url.rstrip("/")
        time.sleep(POLL_SECONDS)
    raise RuntimeError(f"The product did not start:\n{log.read_text()[-LOG_CHARACTERS:]}")


def _stop(up: "subprocess.Popen[bytes]") -> None:
    if up.poll() is None:
        up.send_signal(signal.SIGTERM)
    try:
        up.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        up.kill()
        up.wait()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def _registered(home: Path) -> str | None:
    try:
        return json.loads((home / "services.json").read_text()).get("web_url")
    except (OSError, ValueError):
        return None


def _serves(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/healthz", timeout=HEALTH_SECONDS) as answer:
            return answer.status == 200
    except (OSError, ValueError):
        return False
