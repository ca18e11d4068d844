"""A pytest plugin: starts what the environment does not name, before the settings are read.

Loaded by `-p launcher.testing` in pyproject.toml, because settings read the services' addresses.
With `-n 2` each of the processes that run tests starts its own, and the one that conducts none.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from launcher import chain, folders, postgres, processes, redis
from launcher.processes import Child
from launcher.statics import made
from launcher.words import catalogues

STOP_SECONDS = 5
LOOKING_ONLY = {"--help", "-h", "--version", "-V", "--markers", "--fixtures"}

_children: list[Child] = []
_homes: list[Path] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None]:
    if not LOOKING_ONLY & set(args) and not conducts(args):
        start()
    yield


def conducts(args: list[str]) -> bool:
    """True in the process that hands tests out to others and runs none (pytest-xdist)."""
    return "-n" in args and "PYTEST_XDIST_WORKER" not in os.environ


def start() -> None:
    """PostgreSQL and Redis, unless they are given, and a chain, which tests may always spoil.

    Translations, styles and scripts are made too.
    """
    catalogues.compile_all()
    made.make_all()
    home = Path(tempfile.mkdtemp(prefix="stipend-test-"))
    home.chmod(0o711)
    _homes.append(folders.make(home))
    os.environ.setdefault("STIPEND_HOME", str(home))
    os.environ.setdefault("STIPEND_BATCH_SECONDS", "0")  # no test waits for company
    os.environ.setdefault("STIPEND_WALLET_HOLD_SECONDS", "0")  # nor for a wallet to count
    os.environ.setdefault("STIPEND_CONN_MAX_AGE", "0")  # the database is dropped in the end
    os.environ.setdefault("STIPEND_SIGNALS", "constant,copied")  # no test reads as slowly as people
    env = {**os.environ, processes.MARK: str(home)}
    started = []
    if not os.environ.get("DATABASE_URL"):
        child, url = postgres.launch(home, env=env, durable=False)
        started.append(("DATABASE_URL", child, url, postgres.answers))
    if not os.environ.get("REDIS_URL"):
        started.append(("REDIS_URL", *redis.launch(home, env=env), redis.answers))
    started.append(("CHAIN_RPC_URL", *chain.launch_instant(home, env=env), chain.answers))
    _children.extend(child for _, child, _, _ in started)
    for name, child, url, answers in started:
        processes.wait_until(lambda a=answers, u=url: a(u), child=child, seconds=60)
        os.environ[name] = url
        if name == "DATABASE_URL":
            postgres.furnish(url)


def pytest_unconfigure() -> None:
    processes.stop(_children, seconds=STOP_SECONDS)
    _children.clear()
    for home in _homes:
        shutil.rmtree(home, ignore_errors=True)
    _homes.clear()
