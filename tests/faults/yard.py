"""Where real workers work: a broker of its own, and the hand that gives out the jobs.

A web server may stand beside them; it is asked over HTTP.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import connection

from launcher import processes, roles
from launcher import redis as servers
from payments.models import Payout
from tests.faults import accidents, orders

ROOT = Path(__file__).resolve().parents[2]
JOBS = ("payments.jobs.scan_deposits", "payments.jobs.pump_payouts")
READY_SECONDS, END_SECONDS, ROUND_SECONDS, DEATH_SECONDS = 60, 90, 0.2, 0.005
WORKER, WEB = "worker", "web"  # as PostgreSQL knows them


def database_url() -> str:
    """The test's own database, as a worker is told of it."""
    found = connection.settings_dict
    secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgres://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@dataclass(frozen=True)
class Wish:
    """What somebody with this token asks the API for: a POST."""

    path: str
    token: str
    body: dict[str, Any] = field(default_factory=dict)
    key: str = ""

    @property
    def name(self) -> str:
        return f"POST {self.path}"

    @property
    def headers(self) -> dict[str, str]:
        key = {"Idempotency-Key": self.key} if self.key else {}
        return {"Authorization": f"Token {self.token}", **key}


@dataclass
class Yard:
    """A broker of its own, the workers on it, and the hand that gives out the jobs."""

    home: Path
    payday: object = None
    workers: list[subprocess.Popen] = field(default_factory=list)
    web: processes.Child | None = None

    def __post_init__(self) -> None:
        for name in ("logs", "redis"):
            (self.home / name).mkdir(exist_ok=True)
        self.start_redis()

    def start_redis(self) -> None:
        self.redis, self.url = servers.launch(self.home, env=os.environ)
        processes.wait_until(lambda: servers.answers(self.url), child=self.redis, seconds=10)

    def stop_redis(self) -> None:
        processes.stop([self.redis], seconds=5)

    def work(self, *, hours_off: int = 0) -> subprocess.Popen:
        """One more worker, of two processes, ready for jobs; its clock may be wrong."""
        wrong = ["tests.faults.wrong_clock", str(hours_off)]
        return self._start(wrong if hours_off else ["celery"], children=2)

    def work_until_told(self) -> subprocess.Popen:
        """One more worker, whose one process dies where `die_at` says; then another one comes."""
        return self._start(["tests.faults.mortal"], children=1)

    def serve_until_told(self) -> None:
        """The product's web server, whose one process dies where `die_at` says, and the next."""
        port = processes.free_port()
        with pytest.MonkeyPatch.context() as one:
            one.setenv("STIPEND_WEB_PROCESSES", "1")
            one.setenv("STIPEND_WEB_THREADS", "1")
            command = roles.command("web", home=self.home, host="127.0.0.1", port=port)
        command[command.index("granian")] = "tests.faults.mortal_web"
        command[-1] = "tests.faults.mortal_web:application"
        # Its nudges go to the tests' own broker, where nobody works: jobs come when told.
        env = self._env(WEB) | {"REDIS_URL": settings.REDIS_URL}
        self.web = processes.spawn("web", command, log=self.home / "logs" / "web.log", env=env)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=READY_SECONDS)
        processes.wait_until(self._serves, child=self.web, seconds=READY_SECONDS)

    def _serves(self) -> bool:
        try:
            return bool(self.http.get("/api/v1/"))
        except httpx.TransportError:
            return False

    def post(self, wish: Wish) -> None:
        """The wish is granted, however often it has to be sent."""
        until = time.monotonic() + END_SECONDS
        while time.monotonic() < until:
            try:
                answer = self._send(wish)
            except httpx.TransportError:
                time.sleep(DEATH_SECONDS)
                continue
            assert answer.is_success, answer.text
            return
        raise AssertionError("The web server is gone.")

    def _send(self, wish: Wish) -> httpx.Response:
        return self.http.post(wish.path, json=wish.body, headers=wish.headers)

    def die_at(self, number: int, when: str, *, doing: str | Wish, only: str = "") -> str:
        """The name of the point where the process was killed that did this job, or this wish.

        The number is among all points, or `only` among those of a name.
        """
        name = doing.name if isinstance(doing, Wish) else doing
        orders.give(self.home, name, number=number, when=when, only=only)
        if isinstance(doing, Wish):
            self._ask_in_vain(doing)
            return self._dead(WEB)
        self.give(doing)
        return self._dead(WORKER)

    def _ask_in_vain(self, wish: Wish) -> None:
        """Whoever asks sees the connection break; one that broke before was another's."""
        while not orders.followed(self.home):
            with suppress(httpx.TransportError):
                answer = self._send(wish)
                raise AssertionError(f"Nobody died of it: {answer.status_code}")

    def _dead(self, application: str) -> str:
        until = time.monotonic() + END_SECONDS
        while not (point := orders.followed(self.home)):
            assert time.monotonic() < until, f"No process of the {application} died there."
            time.sleep(DEATH_SECONDS)
        accidents.wait_until_postgresql_noticed(application)
        return point

    def _env(self, application: str) -> dict[str, str]:
        return {
            **os.environ,
            orders.PLACE: str(self.home),
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.url,
            "CHAIN_RPC_URL": settings.CHAIN_RPC_URL,
            "STIPEND_CONN_MAX_AGE": "600",  # as in the product
            "PGAPPNAME": application,
        }

    def _start(self, module: list[str], *, children: int) -> subprocess.Popen:
        celery = ["-A", "config.celery", "worker", "-c", str(children)]
        command = [sys.executable, "-m", *module, *celery]
        log = (self.home / "logs" / f"worker-{len(self.workers)}.log").open("wb")
        quick = ["-l", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        made = subprocess.Popen(
            [*command, *quick],
            cwd=ROOT,
            env=self._env(WORKER),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.workers.append(made)
        until = time.monotonic() + READY_SECONDS
        while b"ready." not in Path(log.name).read_bytes():
            assert made.poll() is None, Path(log.name).read_text()[-2000:]
            assert time.monotonic() < until, "The worker is not ready."
            time.sleep(0.1)
        return made

    def kill(self, worker: subprocess.Popen) -> None:
        """SIGKILL to the worker and all its processes."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def close(self) -> None:
        """Nobody works here any more."""
        for worker in self.workers:
            if worker.poll() is None:
                self.kill(worker)
        if self.web:
            self.http.close()
            processes.stop([self.web], seconds=5)
        self.stop_redis()

    def give(self, *names: str, times: int = 1) -> None:
        """These jobs lie in the broker, so many times."""
        app = Celery("faults", broker=self.url, set_as_current=False)
        for _ in range(times):
            for name in names:
                app.send_task(name, ignore_result=True)
        app.close()

    @contextmanager
    def nudged(self) -> Iterator[None]:
        """What this process nudges goes to the broker here, as the product's settings say."""
        usual = current_app._get_current_object()
        app = Celery("web", broker=self.url, set_as_current=True)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.broker_url = self.url
        try:
            yield
        finally:
            app.close()
            usual.set_current()

    def until_paid(self, payouts: list[Payout], meanwhile: Callable[[], None] = int) -> None:
        """Jobs and blocks come as on any day, until all have ended; and they were paid once."""
        until = time.monotonic() + END_SECONDS
        while time.monotonic() < until:
            self.give(*JOBS)
            self.payday.mine()
            meanwhile()
            time.sleep(ROUND_SECONDS)
            states = {one.state for one in Payout.objects.filter(pk__in=[p.pk for p in payouts])}
            if states <= {Payout.State.PAID, Payout.State.RETURNED}:
                break
        for worker in self.workers:
            if worker.poll() is None:
                self.kill(worker)
        accidents.wait_until_postgresql_noticed()
        self.payday.assert_paid_once(payouts)
