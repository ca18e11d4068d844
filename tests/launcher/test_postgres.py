"""The embedded database comes up whatever the last run left behind."""

import os
import shutil

import psycopg
import pytest

from launcher import folders, postgres, processes
from launcher.errors import CannotRun

READY_SECONDS = 30


@pytest.fixture
def home(tmp_path):
    return folders.make(tmp_path / "home")


def launched(home):
    child, url = postgres.launch(home, env=os.environ)
    processes.wait_until(lambda: postgres.answers(url), child=child, seconds=READY_SECONDS)
    return child, url


def test_killed_server_comes_back_with_what_was_committed(home):
    child, url = launched(home)
    postgres.furnish(url)
    with psycopg.connect(url) as database:
        database.execute("CREATE TABLE kept AS SELECT 7 AS number")
    child.process.kill()
    child.bury()

    child, url = launched(home)

    with psycopg.connect(url) as database:
        assert database.execute("SELECT number FROM kept").fetchone() == (7,)
    processes.stop([child], seconds=10)


def test_what_is_committed_is_on_disk(home):
    child, url = launched(home)
    postgres.furnish(url)

    with psycopg.connect(url) as database:
        said = {
            name: database.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        }

    assert said == dict.fromkeys(said, ("on",))
    processes.stop([child], seconds=10)


def test_server_left_behind_is_ended_first(home):
    orphan, _ = launched(home)

    child, _ = launched(home)

    assert not orphan.alive()
    processes.stop([orphan, child], seconds=10)


def test_number_of_a_stranger_in_the_lock_file_is_no_obstacle(home):
    child, _ = launched(home)
    processes.stop([child], seconds=10)
    lock = home / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n")
    shutil.chown(lock, user=(home / "postgres" / "data").stat().st_uid)

    child, _ = launched(home)

    assert child.alive()
    processes.stop([child], seconds=10)


def test_half_made_folder_is_made_anew(home):
    (home / "postgres" / "fresh" / "base").mkdir(parents=True)

    child, url = launched(home)

    assert postgres.answers(url)
    processes.stop([child], seconds=10)


def test_furnish_may_run_twice(home):
    child, url = launched(home)
    postgres.furnish(url)
    postgres.furnish(url)

    with psycopg.connect(url) as database:
        role = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert database.execute(role).fetchone() == (False, True)
    processes.stop([child], seconds=10)


def test_stranger_without_the_password_is_refused(home):
    child, url = launched(home)
    password = url.split(":")[2].split("@")[0]

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace(password, "guess"))

    processes.stop([child], seconds=10)


def test_database_of_another_release_is_a_sentence(home):
    data = home / "postgres" / "data"
    (data / "global").mkdir(parents=True)
    (data / "global" / "pg_control").touch()
    (data / "PG_VERSION").write_text("14\n")

    with pytest.raises(CannotRun, match="of PostgreSQL 14"):
        postgres.launch(home, env=os.environ)
