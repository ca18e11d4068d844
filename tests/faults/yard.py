"""Where real workers work: a broker of its own, and the hand that gives out the jobs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from celery import Celery, current_app
from django.conf import settings
from django.db import connection

from launcher import processes
from launcher import redis as servers
from payments.models import Payout
from tests.faults import accidents

ROOT = Path(__file__).resolve().parents[2]
JOBS = ("payments.jobs.scan_deposits", "payments.jobs.pump_payouts")
READY_SECONDS, END_SECONDS, ROUND_SECONDS, DEATH_SECONDS = 60, 90, 0.2, 0.005


def database_url() -> str:
    """The test's own database, as a worker is told of it."""
    found = connection.settings_dict
    secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgres://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@dataclass
class Yard:
    """A broker of its own, the workers on it, and the hand that gives out the jobs."""

    home: Path
    payday: object = None
    workers: list[subprocess.Popen] = field(default_factory=list)

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
        return self._start(["tests.faults.mortal", str(self.home)], children=1)

    def die_at(self, number: int, when: str, *, job: str | None, verb: Callable[[], object]) -> str:
        """The name of the point where the process was killed that did the job, or the verb."""
        return self._die_in(job, number, when) if job else accidents.die_at(number, when, verb)

    def _die_in(self, job: str, number: int, when: str) -> str:
        job, died, new = f"payments.jobs.{job}", self.home / "died", self.home / "order.new"
        died.unlink(missing_ok=True)
        new.write_text(f"{job} {number} {when}")
        new.rename(self.home / "order")
        self.give(job)
        until = time.monotonic() + END_SECONDS
        while not (died.exists() and died.read_text()):
            assert time.monotonic() < until, f"No process died at point {number} of {job}."
            time.sleep(DEATH_SECONDS)
        accidents.wait_until_postgresql_noticed()
        return died.read_text()

    def _start(self, module: list[str], *, children: int) -> subprocess.Popen:
        env = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.url,
            "CHAIN_RPC_URL": settings.CHAIN_RPC_URL,
            "STIPEND_CONN_MAX_AGE": "600",  # as in the product
            "PGAPPNAME": "worker",
        }
        celery = ["-A", "config.celery", "worker", "-c", str(children)]
        command = [sys.executable, "-m", *module, *celery]
        log = (self.home / "logs" / f"worker-{len(self.workers)}.log").open("wb")
        quick = ["-l", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        made = subprocess.Popen(
            [*command, *quick], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
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
        self.payday.assert_paid_once(payouts)
