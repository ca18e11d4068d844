"""Child processes that leave no orphan.

Each child leads a session of its own, so that Ctrl-C reaches the supervisor alone; it is told to
stop by the kernel when its parent dies; it is written down with its time of birth, so that a later
supervisor can end it, and never another process that got its number.
"""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from launcher import folders
from launcher.errors import CannotRun

MARK = "STIPEND_SUPERVISED"  # in every child's environment: the home folder it works for
PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.03
TAIL_LINES = 15
TAIL_BYTES = 20_000
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Child:
    """A started process; `alive()` does not reap it, so its group's number stays its own."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None  # None: our own output
    stop_signal: int = signal.SIGTERM

    def alive(self) -> bool:
        if self.process.returncode is not None:
            return False
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return os.waitid(os.P_PID, self.process.pid, flags) is None
        except ChildProcessError:  # somebody else has reaped it
            return False

    def bury(self) -> int:
        """Ends whatever is left of the child's group and gives the exit code."""
        if self.process.returncode is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self.process.kill()
        return self.process.wait()


def spawn(
    name: str,
    command: Sequence[str],
    *,
    log: Path | None,
    env: Mapping[str, str],
    stop_signal: int = signal.SIGTERM,
    prelude: Callable[[], None] | None = None,
) -> Child:
    """Starts the command from the project's folder; `prelude` runs in the child before it."""
    parent = os.getpid()

    def before() -> None:
        if prelude:
            prelude()  # changing the user clears the death signal, so it comes first
        _libc.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    with log.open("ab") if log else contextlib.nullcontext() as output:
        process = subprocess.Popen(
            list(command),
            cwd="/" if prelude else folders.ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before,
        )
    return Child(name=name, process=process, log=log, stop_signal=stop_signal)


def stop(children: Iterable[Child], *, seconds: float) -> None:
    """All have ended when this returns: asked first, killed after `seconds`."""
    children = [child for child in children if child.process.returncode is None]
    for child in children:
        if child.alive():
            child.process.send_signal(child.stop_signal)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(child.alive() for child in children):
        time.sleep(POLL_SECONDS)
    for child in children:
        child.bury()


def wait_until(ready: Callable[[], bool], *, child: Child, seconds: float) -> None:
    """Returns when ready; raises CannotRun with the child's last words if it died or dawdled."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.alive():
            raise CannotRun(died(child))
        if time.monotonic() > deadline:
            raise CannotRun(f"{child.name} did not answer in {seconds:.0f} s:\n{tail(child.log)}")
        time.sleep(POLL_SECONDS)


def died(child: Child) -> str:
    """One sentence about a dead child, and the last lines of its log."""
    code = child.bury()
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"{child.name} {how}; the end of {child.log or 'its log'}:\n{tail(child.log)}"


def tail(log: Path | None) -> str:
    """The last lines of a log, indented."""
    if log is None:
        return "  (see above)"
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return "  (no log)"
    return "\n".join(f"  {line}" for line in lines[-TAIL_LINES:])


def remember(path: Path, children: Iterable[Child]) -> None:
    """Writes down who runs, for `sweep`."""
    rows = []
    for child in children:
        if child.process.returncode is None:
            created = psutil.Process(child.process.pid).create_time()
            rows.append({"name": child.name, "pid": child.process.pid, "created": created})
    folders.write(path, json.dumps(rows))


def sweep(path: Path, *, home: Path, seconds: float) -> list[str]:
    """Ends what a killed supervisor left running; returns the names of what was found."""
    try:
        rows = json.loads(path.read_text())
    except (OSError, ValueError):
        rows = []
    sessions = {row["pid"] for row in rows}
    births = {(row["pid"], row["created"]) for row in rows}
    left = [one for one in psutil.process_iter() if _ours(one, births, sessions, home)]
    names = sorted({row["name"] for row in rows if row["pid"] in {one.pid for one in left}})
    for one in left:
        _signal(one, signal.SIGINT if one.name() == "postgres" else signal.SIGTERM)
    _, stubborn = psutil.wait_procs(left, timeout=seconds)
    for one in stubborn:
        _signal(one, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=seconds)
    path.unlink(missing_ok=True)
    return names


def _ours(
    one: psutil.Process, births: set[tuple[int, float]], sessions: set[int], home: Path
) -> bool:
    """A recorded leader born when the record says, or a member of its session with our mark."""
    try:
        if one.pid in sessions:
            return (one.pid, one.create_time()) in births
        return os.getsid(one.pid) in sessions and one.environ().get(MARK) == str(home)
    except (psutil.Error, OSError):
        return False


def _signal(one: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.Error):
        one.send_signal(number)


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_free(host: str, port: int) -> bool:
    """True if a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def port_held(host: str, port: int) -> Iterator[None]:
    """Inside, `port_free` says no, while a server of ours that shares its port can listen there.

    It starts long after the port was found free: meanwhile nobody else may find the same.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as guard:
        guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with contextlib.suppress(OSError):  # connections of a server before are not forgotten yet
            guard.bind((host, port))
        yield
