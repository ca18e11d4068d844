"""The product's own processes: which command each is, and what each may know."""

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher import folders, processes

SECRETS = ("PAYER_KEYSTORE", "PAYER_KEYSTORE_PASSWORD")  # the worker's alone
WORKER_PROCESSES = 2
WEB_THREADS = 3  # a worker's, each with a database connection of its own


def environment(home: Path, urls: Mapping[str, str]) -> dict[str, str]:
    """Of every process but the worker: the services' addresses, and no key that pays."""
    given = {name: value for name, value in os.environ.items() if name not in SECRETS}
    static = folders.part(home, "static", mode=0o755)
    given.setdefault("STIPEND_STATIC_ROOT", str(static))
    marked = {processes.MARK: str(home), "STIPEND_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    return {**given, **urls, **marked}


def payer(env: Mapping[str, str]) -> dict[str, str]:
    """The worker's environment: as the others', with the key that pays."""
    return {**env, **{name: os.environ[name] for name in SECRETS if name in os.environ}}


def manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


def migrations() -> str:
    """Changes whenever there may be something to migrate: in the product or in its packages."""
    names = sorted(str(path) for path in folders.ROOT.glob("*/migrations/*.py"))
    lock = (folders.ROOT / "requirements" / "runtime.txt").read_bytes()
    return hashlib.sha256("\n".join(names).encode() + lock).hexdigest()


def command(name: str, *, home: Path, host: str, port: int) -> list[str]:
    """How web, worker or beat is started."""
    return {
        "web": lambda: _web(host=host, port=port),
        "worker": _worker,
        "beat": lambda: _beat(home),
    }[name]()


def _web(*, host: str, port: int) -> list[str]:
    """The web server, with as many processes as there are cores, from 2 to 8."""
    count = os.environ.get("STIPEND_WEB_PROCESSES") or min(8, max(2, os.cpu_count() or 2))
    threads = os.environ.get("STIPEND_WEB_THREADS") or WEB_THREADS
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", host, "--port", str(port), "--workers", str(count)]
    command += ["--blocking-threads", str(threads), "--workers-kill-timeout", "2"]
    command += ["--respawn-failed-workers"]  # one that dies is one less, and no end of all
    return [*command, "config.wsgi:application"]


def _level() -> str:
    """A product that runs for months says only what is wrong, unless told otherwise."""
    return os.environ.get("STIPEND_LOG_LEVEL") or "WARNING"


def _worker() -> list[str]:
    """Runs the jobs; the one process that signs."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-l", _level()]
    command += ["--concurrency", str(WORKER_PROCESSES)]
    return [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"]


def _beat(home: Path) -> list[str]:
    """The clock; its own memory is only when it last rang."""
    folders.part(home, "beat")
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "beat", "-l", _level()]
    return [*command, "--pidfile", "", "-s", str(home / "beat" / "schedule")]
