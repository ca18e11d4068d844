"""One process that starts, watches and stops all the others.

Promises: whatever ends it, no child stays (the kernel tells them to stop when it dies, the next
start ends who did not listen); whatever goes wrong is one clear sentence and exit code 1; a
stopped or killed product goes on where it was.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from launcher import (
    banner,
    chain,
    elsewhere,
    folders,
    postgres,
    processes,
    product,
    redis,
    registry,
    roles,
)
from launcher.errors import CannotRun
from launcher.processes import Child
from launcher.statics import made
from launcher.words import catalogues

PREPARE_SECONDS = 300
WEB_SECONDS = 60
SEED_SECONDS = 120
SERVICES_STOP_SECONDS = 4  # together with the next less than the 10 promised
ROLES_STOP_SECONDS = 4
WATCH_SECONDS = 0.2
REMIND_SECONDS = 1
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop."""


def main() -> int:
    """Runs until it is stopped (0) or something is wrong (1)."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        _run()
    except CannotRun as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"The data folder {folders.home()} cannot be used: {error}.", file=sys.stderr)
        return 1
    except Stopped:
        _hear_no_more()
        return 0


def _stop(*_: object) -> NoReturn:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _remind)
    signal.setitimer(signal.ITIMER_REAL, REMIND_SECONDS, REMIND_SECONDS)
    raise Stopped


def _remind(*_: object) -> NoReturn:
    """Python drops what is raised inside a finalizer: then it is raised once more."""
    raise Stopped


def _hear_no_more() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (*SIGNALS, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


def _run() -> NoReturn:
    host, web_port = os.environ.get("STIPEND_HOST") or "127.0.0.1", port(default=8000)
    home = folders.make(folders.home())
    with folders.lock(home):
        if left := processes.sweep(home / "processes.json", home=home, seconds=5):
            print(f"Ended what an earlier run had left: {', '.join(left)}.", flush=True)
        if not processes.port_free(host, web_port):
            raise CannotRun(
                f"Port {web_port} is taken by another program; end that one, or choose another: "
                f"STIPEND_PORT={web_port + 1} ./stipend up"
            )
        supervisor = Supervisor(home, host=host, port=web_port)
        with processes.port_held(host, web_port):
            try:
                supervisor.start()
                supervisor.watch()
            finally:
                _hear_no_more()
                supervisor.stop()


def port(*, default: int) -> int:
    """STIPEND_PORT, checked."""
    given = os.environ.get("STIPEND_PORT")
    if not given:
        return default
    if not (given.isascii() and given.isdigit()) or int(given) > 65535:
        raise CannotRun(f"STIPEND_PORT={given} is not a port; it is a number up to 65535.")
    return int(given)


class Supervisor:
    """The running product's children, in the order of their start."""

    def __init__(self, home: Path, *, host: str, port: int) -> None:
        self.home, self.host, self.port = home, host, port
        self.services: list[Child] = []
        self.roles: list[Child] = []
        self.urls: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Where a person on this machine finds the page."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> None:
        """The page is served, the jobs run, the demo is there."""
        began = time.monotonic()
        catalogues.compile_all()
        made.make_all()
        self._start_services()
        registry.write(self.home, self.urls)
        if self._prepared().get("migrations") == roles.migrations():
            self._serve()  # nothing to migrate: the page comes first
        self._once("prepare", seconds=PREPARE_SECONDS)
        self._start_role("worker")
        self._start_role("beat")
        self._serve()
        if not self._prepared().get("seeded"):
            print("Seeding the demo …", flush=True)
            self._once("seed", seconds=SEED_SECONDS)
        chain_url, seconds = self.urls["CHAIN_RPC_URL"], time.monotonic() - began
        where = {"host": self.host, "home": self.home, "chain_url": chain_url}
        where["has_vault"] = bool(self._prepared().get("has_vault", True))
        print(banner.text(self.url, **where, seconds=seconds), flush=True)
        page = {"web_url": self.url, "pid": str(os.getpid())}
        registry.write(self.home, {**self.urls, **page})  # last: whoever finds it finds all of it

    def _start_services(self) -> None:
        """PostgreSQL, Redis and the chain, each unless another one is named."""
        env = roles.environment(self.home, {})
        waiting: list[tuple[Child, Callable[[], bool], int]] = []
        for name, service in self._embedded().items():
            if given := elsewhere.named(name):
                elsewhere.check(name, given)
                self.urls[name] = given
                continue
            child, url = service.launch(self.home, env=env)
            self._adopt(child, into=self.services)
            self.urls[name] = url
            waiting.append((child, lambda s=service, u=url: s.answers(u), service.READY_SECONDS))
        for child, ready, seconds in waiting:
            processes.wait_until(ready, child=child, seconds=seconds)
            if child.name == "postgres":
                postgres.furnish(self.urls["DATABASE_URL"])

    @staticmethod
    def _embedded() -> dict:
        return {"DATABASE_URL": postgres, "REDIS_URL": redis, "CHAIN_RPC_URL": chain}

    def _serve(self) -> None:
        """The page is served."""
        self._start_role("web")
        web = next(child for child in self.roles if child.name == "web")
        processes.wait_until(lambda: product.serves(self.url), child=web, seconds=WEB_SECONDS)

    def _start_role(self, name: str) -> None:
        """Web, worker or beat, unless it runs already."""
        if any(child.name == name for child in self.roles):
            return
        env = roles.environment(self.home, self.urls)
        command = roles.command(name, home=self.home, host=self.host, port=self.port)
        known = roles.payer(env) if name == "worker" else env
        log = folders.log(self.home, name)
        self._adopt(processes.spawn(name, command, log=log, env=known), into=self.roles)

    def _prepared(self) -> dict[str, object]:
        """What `prepare` left behind, now or at an earlier start."""
        return folders.read_json(self.home / "prepared.json") or {}

    def _adopt(self, child: Child, *, into: list[Child]) -> None:
        into.append(child)
        processes.remember(self.home / "processes.json", [*self.services, *self.roles])

    def _once(self, verb: str, *, seconds: float) -> None:
        """One of our own commands, to its end; raises CannotRun with its last line."""
        log = folders.log(self.home, verb)
        env = roles.environment(self.home, self.urls)
        child = processes.spawn(verb, roles.manage(verb), log=log, env=env)
        self._adopt(child, into=self.roles)
        deadline = time.monotonic() + seconds
        while child.alive() and time.monotonic() < deadline:
            self._look(but=child)
            time.sleep(processes.POLL_SECONDS)
        self.roles.remove(child)
        if child.bury():
            last = processes.tail(log).strip().splitlines()[-1].strip()
            raise CannotRun(f"{last.removeprefix('CommandError: ')} (more in {log})")

    def _look(self, *, but: Child | None = None) -> None:
        """Raises CannotRun if a child has died."""
        for child in [*self.services, *self.roles]:
            if child is not but and not child.alive():
                raise CannotRun(processes.died(child))

    def watch(self) -> NoReturn:
        """Until a child dies or a signal comes."""
        while True:
            self._look()
            time.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        """Nothing of ours runs any more: first who writes, then what they write to."""
        with contextlib.suppress(OSError):  # a broken folder keeps nobody alive
            registry.clear(self.home)
        processes.stop(self.roles, seconds=ROLES_STOP_SECONDS)
        processes.stop(self.services, seconds=SERVICES_STOP_SECONDS)
        with contextlib.suppress(OSError):
            (self.home / "processes.json").unlink(missing_ok=True)
