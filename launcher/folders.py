"""The home folder: everything the embedded product keeps, made, checked and locked.

Promises: one supervisor at a time (the kernel drops the lock when it dies); files are replaced
whole or not at all; keys and passwords are readable by their owner alone.
"""

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import Any, TextIO

from launcher.errors import CannotRun

ROOT = Path(__file__).resolve().parents[1]
LOG_BYTES = 5 * 1024 * 1024  # a log longer than this is put aside at the next start


def home() -> Path:
    """STIPEND_HOME, else `.stipend` beside the code."""
    return Path(os.environ.get("STIPEND_HOME") or ROOT / ".stipend").resolve()


def make(path: Path) -> Path:
    """The folder, made if it was missing; raises CannotRun if it cannot be written to."""
    try:
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
        (path / "logs").mkdir(mode=0o700, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotRun(
            f"The data folder {path} cannot be used ({error.strerror}: {error.filename}); make it "
            "writable, or set STIPEND_HOME to another one."
        )
    return path


def part(home: Path, name: str, *, mode: int = 0o700) -> Path:
    """A folder inside the home folder, made if missing; raises CannotRun if it cannot be."""
    path = home / name
    try:
        path.mkdir(mode=mode, exist_ok=True)
    except OSError as error:
        raise CannotRun(
            f"{path} cannot be used as a folder ({error.strerror}); move it away and start again."
        )
    return path


def lock(path: Path) -> TextIO:
    """Held until the file is closed or the process ends; raises CannotRun if somebody holds it."""
    file = (path / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise CannotRun(
            f"Stipend is already running on {path} (process {holder}); stop that one, or set "
            "STIPEND_HOME to another folder."
        )
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def locked(path: Path) -> bool:
    """True while a supervisor works on this folder."""
    try:
        with (path / "lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def write(path: Path, content: str | bytes, *, mode: int = 0o600, by: Path | None = None) -> None:
    """The file holds the whole new content, on disk, or the whole old one.

    The new one is written beside it, or in the folder `by` of the same disk, and then moved.
    """
    fresh = (by or path.parent) / f"{path.name}.{os.getpid()}"
    raw = content.encode() if isinstance(content, str) else content
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read_json(path: Path) -> Any:
    """The file's content, None if there is no such file; raises CannotRun if it is broken."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CannotRun(
            f"{path} is broken ({error}); restore it from a copy, or move {path.parent} away to "
            "start afresh."
        )


def password(path: Path, name: str) -> str:
    """The random password of that embedded service, made at the first call."""
    kept = read_json(path / "passwords.json") or {}
    if name not in kept:
        kept[name] = secrets.token_hex(16)
        write(path / "passwords.json", json.dumps(kept))
    return str(kept[name])


def knows_password(path: Path, name: str) -> bool:
    """True if that service was given a password before."""
    return name in (read_json(path / "passwords.json") or {})


def log(path: Path, name: str) -> Path:
    """Where the process of that name writes; a long log of earlier runs is put aside."""
    file = path / "logs" / f"{name}.log"
    if file.exists() and file.stat().st_size > LOG_BYTES:
        file.replace(file.with_suffix(".log.1"))
    return file
