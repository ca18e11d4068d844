"""Real workers on a real broker, while Redis, PostgreSQL, the clock or another worker misbehave."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis

from launcher import processes
from launcher import redis as servers
from payments.models import Payout

ROOT = Path(__file__).resolve().parents[2]
JOBS = ("payments.jobs.scan_deposits", "payments.jobs.pump_payouts")
READY_SECONDS, END_SECONDS, ROUND_SECONDS = 60, 90, 0.5
NOTICED_SECONDS = 1  # until the postmaster has thrown everybody out
HOUR = timedelta(hours=1)


def database_url() -> str:
    """The test's own database, as a worker is told of it."""
    found = connection.settings_dict
    secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgres://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@dataclass
class Yard:
    """A broker of its own, the workers on it, and the hand that gives out the jobs."""

    home: Path
    payday: object
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

    def work(self) -> subprocess.Popen:
        """One more worker, of two processes, ready for jobs."""
        env = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.url,
            "CHAIN_RPC_URL": settings.CHAIN_RPC_URL,
            "PGOPTIONS": "-c synchronous_commit=on",  # the tests' server crashes here, too
        }
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-c", "2"]
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

    def give(self, *names: str, times: int = 1) -> None:
        """These jobs lie in the broker, so many times."""
        app = Celery("faults", broker=self.url)
        for _ in range(times):
            for name in names:
                app.send_task(name, ignore_result=True)
        app.close()

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


@pytest.fixture
def yard(tmp_path: Path, payday: object) -> Iterator[Yard]:
    made = Yard(tmp_path, payday)
    yield made
    for worker in made.workers:
        if worker.poll() is None:
            made.kill(worker)
    made.stop_redis()


def test_a_job_delivered_twenty_times_to_two_workers(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    yard.work()
    yard.work()

    yard.give("payments.jobs.pump_payouts", times=20)

    yard.until_paid(payouts)


def test_jobs_delivered_in_the_wrong_order(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    yard.give(*reversed(JOBS), times=5)
    yard.give("payments.jobs.reconcile", *JOBS)

    yard.work()

    yard.until_paid(payouts)


def test_redis_flushed_while_jobs_wait(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    yard.give(*JOBS, times=5)

    Redis.from_url(yard.url).flushall()
    yard.work()

    yard.until_paid(payouts, meanwhile=Redis.from_url(yard.url).flushall)


def test_redis_stopped_and_started_empty(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    first = yard.work()
    yard.give(*JOBS)
    yard.stop_redis()

    time.sleep(1)
    yard.start_redis()
    yard.kill(first)
    yard.work()

    yard.until_paid(payouts)


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8])
def test_a_worker_killed_after_seconds_and_another_in_its_place(yard, payday, seconds):
    payouts = [payday.ask() for _ in range(5)]
    worker = yard.work()
    yard.give(*JOBS, times=3)
    time.sleep(seconds)

    yard.kill(worker)
    yard.work()

    yard.until_paid(payouts)


def crash_postgresql() -> None:
    """A server process dies by SIGKILL, and PostgreSQL throws everybody out and recovers."""
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute("SET synchronous_commit = on")
        session.execute(
            "SELECT pg_logical_emit_message(true, '', '')"
        )  # what was before is on disk
        pid = session.info.backend_pid
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT pg_sleep(10)")
    connection.close()
    time.sleep(NOTICED_SECONDS)
    _wait_for_postgresql()


def _wait_for_postgresql() -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg.connect(database_url()).close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < until, "PostgreSQL does not come back."
            time.sleep(0.1)


def cut_off_everybody() -> None:
    """Every other session ends in the middle of whatever it does."""
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()


@pytest.mark.parametrize("accident", [cut_off_everybody, crash_postgresql])
def test_postgresql_restarted_in_the_middle(yard, payday, accident):
    payouts = [payday.ask() for _ in range(5)]
    yard.work()
    yard.give(*JOBS, times=3)
    accidents = []

    def now_and_then():
        if len(accidents) < 3:
            accidents.append(accident())

    yard.until_paid(payouts, meanwhile=now_and_then)

    assert len(accidents) == 3


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_off_by_hours(payday, monkeypatch, hours):
    payout, right = payday.ask(), timezone.now
    with monkeypatch.context() as wrong:
        wrong.setattr(timezone, "now", lambda: right() + hours * HOUR)
        payday.run(rounds=1)
    payday.mine(1)

    payday.repair(payout)
    payday.assert_paid_once([payout])


def test_a_clock_that_jumps_between_the_jobs(payday, monkeypatch):
    payouts, right = [], timezone.now
    for hours in (0, 1, -1, 1, 0):
        with monkeypatch.context() as wrong:
            wrong.setattr(timezone, "now", lambda off=hours: right() + off * HOUR)
            payouts.append(payday.ask())
            payday.run(rounds=1)

    for payout in payouts:
        payday.repair(payout)
    payday.assert_paid_once(payouts)
