"""Services that `up` does not start: the environment names them, or the network that was chosen.

Somebody must listen at the database's and the messenger's address before anything of ours starts,
so that a wrong one is one sentence at once. No sentence holds a password.
"""

import os
import socket
from urllib.parse import urlsplit

from launcher.errors import CannotRun
from payments import networks

CONNECT_SECONDS = 5
PORTS = {"DATABASE_URL": 5432, "REDIS_URL": 6379}
LIKE = {
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://:password@host:6379/0",
}


def named(variable: str) -> str:
    """The address that replaces the embedded service; empty if nothing does. Raises CannotRun."""
    given = os.environ.get(variable, "")
    if given or variable != "CHAIN_RPC_URL":
        return given
    try:
        network = networks.named(os.environ.get("STIPEND_NETWORK") or "local")
    except ValueError as error:
        raise CannotRun(str(error))
    return ",".join(network.endpoints)


def check(variable: str, url: str) -> None:
    """Nothing if somebody listens there; raises CannotRun. The chain is asked by `prepare`: the way
    to an endpoint far away may lead through a proxy."""
    if variable not in PORTS:
        return
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS[variable]
    except ValueError:
        raise CannotRun(f"{variable} is no address; it is like {LIKE[variable]}.")
    if host and not _listens(host, port):
        raise CannotRun(
            f"Nobody listens at {host}:{port}, which {variable} names; start that service, or "
            f"correct {variable}. Without it ./stipend up brings its own."
        )


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
