"""The folder of media. A file's name is the SHA-256 of its bytes and the ending of its kind.

So what is sent twice is one file, a name says what it names, and a file never changes. It is
written beside the others and moved in whole: a crash leaves nothing but a leftover in `incoming`,
which `sweep` takes away.
"""

import hashlib
import os
import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from django.conf import settings

from labeling.errors import MediaTooLarge
from labeling.media import kinds

NAME = re.compile(rf"[0-9a-f]{{64}}\.({'|'.join(kinds.KINDS)})")
INCOMING = "incoming"
LEFTOVER_SECONDS = 3600  # nothing is written for so long


@dataclass(frozen=True)
class Kept:
    """A file that is in the folder."""

    name: str
    kind: kinds.Kind
    size_bytes: int


class Writing:
    """A file on its way in; `keep` or leaving the context ends it."""

    def __init__(self, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self._digest = hashlib.sha256()
        self._path = _folder(INCOMING) / uuid.uuid4().hex
        self._file: BinaryIO = self._path.open("xb+")

    def write(self, chunk: bytes) -> None:
        """The bytes are behind those before; raises MediaTooLarge."""
        self.size_bytes += len(chunk)
        if self.size_bytes > self.limit_bytes:
            raise MediaTooLarge(limit_bytes=self.limit_bytes)
        self._digest.update(chunk)
        self._file.write(chunk)

    def keep(self) -> Kept:
        """The file is in the folder, on disk; raises what `kinds.of` raises."""
        self._file.flush()
        kind = kinds.of(self._file)
        os.fsync(self._file.fileno())
        self._file.close()
        name = f"{self._digest.hexdigest()}.{kind.ending}"
        self._path.replace(_folder(name[:2]) / name)
        return Kept(name=name, kind=kind, size_bytes=self.size_bytes)

    def discard(self) -> None:
        """Nothing is left of it, unless it was kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()


def path_of(name: str) -> Path | None:
    """Where the file of that name is; None if there is none, or the name is none."""
    if not NAME.fullmatch(name):
        return None
    path = Path(settings.STIPEND_MEDIA_ROOT) / name[:2] / name
    return path if path.is_file() else None


def erase(name: str) -> None:
    """There is no file of that name; there may have been none."""
    path = path_of(name)
    if path is not None:
        path.unlink(missing_ok=True)


def sweep() -> int:
    """Takes away what was never written to its end; says how much."""
    old = [one for one in _folder(INCOMING).iterdir() if _is_leftover(one)]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def _is_leftover(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > LEFTOVER_SECONDS
    except FileNotFoundError:
        return False


def _folder(name: str) -> Path:
    folder = Path(settings.STIPEND_MEDIA_ROOT) / name
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder
