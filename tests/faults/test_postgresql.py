"""PostgreSQL goes away while workers work: a server of its own, so that nobody else notices."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from config.environment import database
from launcher import folders, postgres, processes
from tests.faults.yard import JOBS, READY_SECONDS

NOTICED_SECONDS = 1  # until the postmaster has thrown everybody out
AWAY_SECONDS = 2
STOP_SECONDS = 10
PLACE = ("HOST", "PORT", "USER", "PASSWORD", "NAME")


class Server:
    """As `./stipend up` starts it: what is committed is on its disk."""

    def __init__(self, home: Path) -> None:
        home.chmod(0o711)
        self.home, self.port = folders.make(home), processes.free_port()
        self.start()
        postgres.furnish(self.url)

    def start(self) -> None:
        """At the port that everybody knows."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(processes, "free_port", lambda: self.port)
            self.child, self.url = postgres.launch(self.home, env=os.environ)
        processes.wait_until(
            lambda: postgres.answers(self.url), child=self.child, seconds=READY_SECONDS
        )

    def stop(self) -> None:
        """As on Ctrl-C: sessions end, everything is on disk, the process is gone."""
        processes.stop([self.child], seconds=STOP_SECONDS)
        connection.close()

    def restart(self) -> None:
        self.stop()
        assert self.child.process.returncode == 0
        time.sleep(AWAY_SECONDS)
        self.start()

    def crash(self) -> None:
        """A server process dies by SIGKILL, and PostgreSQL throws everybody out and recovers."""
        with psycopg.connect(self.url, autocommit=True) as session:
            os.kill(session.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                session.execute("SELECT pg_sleep(10)")
        connection.close()
        time.sleep(NOTICED_SECONDS)
        processes.wait_until(
            lambda: postgres.answers(self.url), child=self.child, seconds=READY_SECONDS
        )

    def sessions_of_workers(self) -> set[int]:
        with psycopg.connect(self.url) as session:
            found = session.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'worker'"
            )
            return {pid for (pid,) in found}

    def cut_off_everybody(self) -> None:
        """Every other session ends in the middle of whatever it does."""
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()


@pytest.fixture(scope="module", autouse=True)
def server(django_db_setup: None, django_db_blocker: object) -> Iterator[Server]:
    """One of this module's own, and all of its tests are on it."""
    with TemporaryDirectory(prefix="stipend-test-") as home, django_db_blocker.unblock():
        own = Server(Path(home))
        try:
            with on(own.url):
                call_command("migrate", verbosity=0)
                yield own
        finally:
            own.stop()


@contextmanager
def on(url: str) -> Iterator[None]:
    """Django's database is this one."""
    usual = {name: connection.settings_dict[name] for name in PLACE}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        there = database()
    connection.close()
    connection.settings_dict.update({name: there[name] for name in PLACE})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(usual)


ACCIDENTS = [Server.cut_off_everybody, Server.crash, Server.restart]


@pytest.mark.parametrize("accident", ACCIDENTS, ids=lambda one: one.__name__)
def test_postgresql_restarted_in_the_middle(server, yard, payday, accident):
    payouts = [payday.ask() for _ in range(5)]
    yard.work()
    yard.give(*JOBS, times=3)
    accidents = []

    def now_and_then():
        if len(accidents) < 3:
            yard.give(*JOBS, times=3)
            accidents.append(accident(server))

    yard.until_paid(payouts, meanwhile=now_and_then)

    assert len(accidents) == 3


def test_the_jobs_of_a_process_share_its_connection(server, yard, payday):
    payouts = [payday.ask()]
    yard.work()
    rounds = []

    yard.until_paid(payouts, meanwhile=lambda: rounds.append(server.sessions_of_workers()))

    assert len(rounds) > 2
    assert rounds[-1]
    assert len(set().union(*rounds)) <= 2, "one connection for each of the worker's two processes"
