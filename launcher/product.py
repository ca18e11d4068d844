"""A running product, for programs that play on it: tests, the demo, measurements."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher import folders, processes, registry
from launcher.errors import CannotRun

START_SECONDS = 180
STOP_SECONDS = 15
POLL_SECONDS = 0.1
HEALTH_SECONDS = 5


@dataclass(frozen=True)
class Product:
    """Where it serves, where its data are, and the environment of programs that play on it."""

    url: str
    home: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None  # None: somebody else's

    @property
    def accounts(self) -> list[dict[str, str]]:
        """The demo accounts: username, password, token, role."""
        return list(json.loads((self.home / "accounts.json").read_text()))


def running(home: Path) -> Product | None:
    """The product that serves on this home folder now."""
    known = registry.read(home)
    url = known.get("web_url", "")
    return _product(home, known) if url and serves(url) else None


@contextlib.contextmanager
def started(home: Path, **settings: str) -> Iterator[Product]:
    """A product of one's own: its own services, a free port, ended behind the context."""
    process = start(home, **settings)
    try:
        yield await_page(home, process)
    finally:
        stop(process)


def start(home: Path, **settings: str) -> "subprocess.Popen[bytes]":
    """`up` as a process, told by `settings`; what it prints is in `up.log`."""
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if name not in registry.KEYS}
    env |= {"STIPEND_HOME": str(home), "STIPEND_PORT": str(processes.free_port()), **settings}
    with (home / "up.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "launcher", "up"],
            cwd=folders.ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def await_page(home: Path, process: "subprocess.Popen[bytes]") -> Product:
    """Returns when the page is served and the accounts are there; raises CannotRun."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        known = registry.read(home)
        if known.get("pid") == str(process.pid) and known.get("web_url"):
            return _product(home, known, process)
        time.sleep(POLL_SECONDS)
    raise CannotRun(f"The product did not start:\n{processes.tail(home / 'up.log')}")


def stop(process: "subprocess.Popen[bytes]") -> None:
    """It has ended with all its children."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serves(url: str) -> bool:
    """True if the product answers there and reaches its database."""
    hosts = os.environ.get("STIPEND_HOSTS", "").split(",")
    host = hosts[0].strip().lstrip(".*") or "localhost"
    headers = {"Host": host, "X-Forwarded-Proto": "https"}  # as the proxy before it would say
    try:
        asked = urllib.request.Request(f"{url}/healthz", headers=headers)
        with urllib.request.urlopen(asked, timeout=HEALTH_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def _product(
    home: Path, known: dict[str, str], process: "subprocess.Popen[bytes] | None" = None
) -> Product:
    services = {name: known[key] for name, key in registry.KEYS.items() if key in known}
    environment = {"STIPEND_HOME": str(home), "STIPEND_URL": known["web_url"], **services}
    return Product(url=known["web_url"], home=home, environment=environment, process=process)
