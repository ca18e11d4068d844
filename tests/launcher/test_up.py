"""The whole product under its supervisor: starts, stops, is killed, and goes on where it was."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from launcher import chain, folders, postgres, privileges, processes, redis
from launcher import product as products
from launcher.errors import CannotRun

STOP_SECONDS = 10
SECOND_START_SECONDS = 10

pytestmark = pytest.mark.product


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A folder on which the product has run before."""
    folder = tmp_path_factory.mktemp("home")
    with products.started(folder):
        pass
    return folder


def family(pid: int) -> list[psutil.Process]:
    """The children, and those that PostgreSQL and others have put into sessions of their own."""
    return psutil.Process(pid).children(recursive=True)


def alive(ones: list[psutil.Process]) -> list[str]:
    return [one.name() for one in psutil.wait_procs(ones, timeout=0)[1]]


def up(home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    clean = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
    return subprocess.run(
        [sys.executable, "-m", "launcher", "up"],
        env={**clean, "STIPEND_HOME": str(home), "STIPEND_PORT": "0", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def get(product: products.Product, path: str) -> bytes:
    token = product.accounts[1]["token"]
    asked = urllib.request.Request(product.url + path, headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read()


def test_a_person_reads_where_to_go_and_as_whom(home):
    with products.started(home) as running:
        said = (home / "up.log").read_text()

        assert "Stipend is running (after" in said
        assert running.url in said
        rows = running.accounts
        assert {"requester", "labeler", "admin"} <= {row["role"] for row in rows}
        for row in rows:
            assert f"  {row['username']:12}{row['password']:16}{row['token']}" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_in_time_and_leaves_nobody(home, number):
    process = products.start(home)
    product = products.await_page(home, process)
    children = family(process.pid)
    assert b"digit" in get(product, "/api/v1/projects/")

    began = time.monotonic()
    process.send_signal(number)
    code = process.wait(STOP_SECONDS)

    assert code == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert alive(children) == []
    assert not (home / "services.json").exists()


def test_second_start_serves_a_page_in_time(home):
    tries = (seconds_to_a_page(home) for _ in range(3))  # what else runs here may slow one down
    assert any(seconds < SECOND_START_SECONDS for seconds in tries)


def seconds_to_a_page(home: Path) -> float:
    port, began = processes.free_port(), time.monotonic()
    process = products.start(home, STIPEND_PORT=str(port))
    try:
        while not products.serves(f"http://127.0.0.1:{port}"):
            assert process.poll() is None
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        products.stop(process)


def test_recovers_when_the_supervisor_was_killed(home):
    process = products.start(home)
    before = products.await_page(home, process)
    projects = get(before, "/api/v1/projects/")
    children = family(process.pid)

    process.kill()
    process.wait()
    with products.started(home) as after:
        assert get(after, "/api/v1/projects/") == projects
        assert alive(children) == []


def test_recovers_when_everything_was_killed(home):
    process = products.start(home)
    before = products.await_page(home, process)
    projects = get(before, "/api/v1/projects/")

    for one in [psutil.Process(process.pid), *family(process.pid)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # ended when its parent did
            one.kill()
    process.wait()

    with products.started(home) as after:
        assert get(after, "/api/v1/projects/") == projects


def test_dead_child_ends_the_rest_with_a_sentence(home):
    process = products.start(home)
    products.await_page(home, process)
    children = family(process.pid)
    worker = next(one for one in children if "worker" in one.cmdline())

    worker.kill()

    assert process.wait(STOP_SECONDS) == 1
    assert "worker was killed by signal 9" in (home / "up.log").read_text()
    assert alive(children) == []


def test_second_supervisor_on_the_same_folder_is_refused(home):
    with products.started(home) as running:
        refused = up(home)

        assert refused.returncode == 1
        assert refused.stderr.startswith(f"Stipend is already running on {home}")
        assert products.serves(running.url)


def test_only_the_worker_knows_the_key_that_pays(home):
    secrets = {"PAYER_KEYSTORE": "", "PAYER_KEYSTORE_PASSWORD": "open sesame"}
    with products.started(home, **secrets) as running:
        knowing = {
            "worker" if "worker" in one.cmdline() else " ".join(one.cmdline())
            for one in family(running.process.pid)
            if one.name() != "postgres" and "PAYER_KEYSTORE_PASSWORD" in one.environ()
        }

    assert knowing == {"worker"}


def test_busy_port_is_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        refused = up(tmp_path, STIPEND_PORT=str(port))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Port {port} is taken by another program; end that one, or choose another: "
        f"STIPEND_PORT={port + 1} ./stipend up\n"
    )


def test_impossible_port_is_a_sentence(tmp_path):
    refused = up(tmp_path, STIPEND_PORT="lots")

    assert refused.returncode == 1
    assert refused.stderr.startswith("STIPEND_PORT=lots is not a port")


def test_home_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "home").touch()

    refused = up(tmp_path / "home")

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "cannot be used" in refused.stderr


@pytest.mark.parametrize("file", ["postgres/data/global/pg_control", "chain/state.json"])
def test_broken_data_are_a_sentence(home, tmp_path, file):
    broken = tmp_path / "home"
    shutil.copytree(home, broken)
    (broken / file).unlink() if "postgres" in file else (broken / file).write_text('{"half')

    refused = up(broken)

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "is broken" in refused.stderr


@pytest.mark.parametrize("lost", ["chain", "postgres"])
def test_database_and_chain_belong_together(home, tmp_path, lost):
    apart = tmp_path / "home"
    shutil.copytree(home, apart, copy_function=shutil.copy2)
    _own_alike(home, apart)
    shutil.rmtree(apart / lost)

    refused = up(apart, STIPEND_PORT=str(processes.free_port()))

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1, refused.stderr
    assert "start afresh" in refused.stderr


def _own_alike(source: Path, copy: Path) -> None:
    """The database folder belongs to the user that the server runs as."""
    for path in [source / "postgres", *(source / "postgres").rglob("*")]:
        owner = path.stat()
        os.chown(copy / path.relative_to(source), owner.st_uid, owner.st_gid)


def test_a_lost_password_of_the_database_is_a_sentence(home, tmp_path):
    robbed = tmp_path / "home"
    shutil.copytree(home, robbed)
    (robbed / "passwords.json").unlink()

    refused = up(robbed)

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "has lost the password" in refused.stderr


@pytest.fixture
def services(tmp_path) -> Iterator[dict[str, str]]:
    """A database, a messenger and a chain of somebody else, by their variables."""
    theirs = folders.make(tmp_path / "theirs")
    theirs.chmod(0o711)
    started = {
        "DATABASE_URL": (postgres, *postgres.launch(theirs, env=os.environ, durable=False)),
        "REDIS_URL": (redis, *redis.launch(theirs, env=os.environ)),
        "CHAIN_RPC_URL": (chain, *chain.launch(theirs, env=os.environ)),
    }
    try:
        for service, child, url in started.values():
            processes.wait_until(lambda s=service, u=url: s.answers(u), child=child, seconds=60)
        postgres.furnish(started["DATABASE_URL"][2])
        yield {name: url for name, (_, _, url) in started.items()}
    finally:
        processes.stop([child for _, child, _ in started.values()], seconds=STOP_SECONDS)


def test_services_that_are_named_are_used_and_not_started(tmp_path, services):
    own = tmp_path / "own"
    nowhere = f"http://127.0.0.1:{processes.free_port()}"  # an endpoint that is away
    there = services["CHAIN_RPC_URL"]
    three = [nowhere, there, there.replace("127.0.0.1", "localhost")]  # two of three is enough
    named = {**services, "CHAIN_RPC_URL": ",".join(three)}

    with products.started(own, **named) as product:
        names = {one.name() for one in family(product.process.pid)}
        assert b"digit" in get(product, "/api/v1/projects/")

    assert not names & {"postgres", "redis-server", "anvil"}
    assert sorted(one.name for one in own.iterdir() if one.is_dir()) == ["beat", "logs", "static"]


def test_a_named_service_that_is_away_is_a_sentence(tmp_path):
    port = processes.free_port()

    refused = up(tmp_path, DATABASE_URL=f"postgres://me:secret@127.0.0.1:{port}/stipend")

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Nobody listens at 127.0.0.1:{port}, which DATABASE_URL")
    assert len(refused.stderr.splitlines()) == 1


REACHED = [Path(sys.executable).resolve(), folders.ROOT / "launcher" / "supervisor.py"]


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user ourselves")
@pytest.mark.skipif(
    not all(privileges.walkable(path) for path in REACHED), reason="nobody else may come here"
)
def test_runs_as_an_ordinary_user_too(tmp_path):
    user, group = privileges.unprivileged()
    own = tmp_path / "own"
    own.mkdir()
    for folder in (own, *list(own.parents)[:3]):
        folder.chmod(0o755)
    os.chown(own, user, group)
    port = processes.free_port()
    env = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "up"],
            cwd=folders.ROOT,
            env={
                **env,
                "STIPEND_HOME": str(own),
                "STIPEND_PORT": str(port),
                "HOME": "/nonexistent",
            },
            user=user,
            group=group,
            extra_groups=[],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        product = products.await_page(own, process)
        assert {one.uids().real for one in family(process.pid)} == {user}
        assert b"digit" in get(product, "/api/v1/projects/")
    finally:
        products.stop(process)
    assert process.returncode == 0, (tmp_path / "log").read_text()


def test_product_that_cannot_start_says_why(tmp_path):
    (tmp_path / "home").mkdir()
    process = products.start(tmp_path / "home", STIPEND_PORT="0x1f")

    with pytest.raises(CannotRun, match="is not a port"):
        products.await_page(tmp_path / "home", process)


FILES = {"lock", "services.json"}


@pytest.mark.parametrize("name", ["postgres", "redis", "chain", "logs", *sorted(FILES)])
def test_what_is_in_the_place_of_something_is_named(tmp_path, name):
    (tmp_path / name).mkdir() if name in FILES else (tmp_path / name).write_text("in the way")

    refused = up(tmp_path, STIPEND_PORT=str(processes.free_port()))

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1, refused.stderr
    assert str(tmp_path / name) in refused.stderr


def test_impossible_home_is_named(tmp_path):
    refused = up(Path("/dev/null/x"), STIPEND_PORT=str(processes.free_port()))

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1, refused.stderr
