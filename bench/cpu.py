"""CPU time and memory of the product's processes, found by what they do."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from django.db import connection

PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Usage:
    """CPU seconds used so far."""

    server_seconds: float
    database_seconds: float


def usage(url: str) -> Usage:
    """Of the web server that listens at `url`, and of the PostgreSQL that this process uses."""
    return Usage(
        server_seconds=sum(_tree_seconds(root) for root in _web_roots(url)),
        database_seconds=sum(_tree_seconds(root) for root in _database_roots()),
    )


def peak_bytes(url: str, *, is_new: bool = False) -> int:
    """The most memory that a process of the web server at `url` has held; anew, if it is new.

    Linux counts it (VmHWM), and forgets it when a 5 is written (proc(5), clear_refs).
    """
    trees = [(root, *root.children(recursive=True)) for root in _web_roots(url)]
    processes = [Path(f"/proc/{process.pid}") for tree in trees for process in tree]
    if is_new:
        for process in processes:
            (process / "clear_refs").write_text("5")
    return max(int(PEAK.findall((one / "status").read_text())[0]) * 1024 for one in processes)


def _web_roots(url: str) -> list[psutil.Process]:
    """The topmost of the processes that listen at the port: parents of workers listen too."""
    port = urlsplit(url).port or 80
    listening = {}
    for process in psutil.process_iter():
        try:
            sockets = process.net_connections(kind="tcp")
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets):
            listening[process.pid] = process
    return [one for one in listening.values() if one.ppid() not in listening]


def _database_roots() -> list[psutil.Process]:
    """The postmaster, if it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        backend = psutil.Process(pid)
        if "postgres" not in backend.name():
            return []
        parent = backend.parent()
    except psutil.NoSuchProcess:
        return []
    return [parent] if parent and "postgres" in parent.name() else [backend]


def _tree_seconds(root: psutil.Process) -> float:
    """User and system time of a process and all below it, those that have ended included."""
    try:
        processes = [root, *root.children(recursive=True)]
        times = root.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    total = times.children_user + times.children_system
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
