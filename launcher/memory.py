"""How much memory there is for us: the machine's, or less where a container is allowed less."""

from pathlib import Path

import psutil

MEGABYTE = 2**20
LEAST_MB, MOST_MB = 128, 2048  # of PostgreSQL's shared buffers
CGROUPS = Path("/sys/fs/cgroup")
LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # of version 2, of version 1


def available_bytes(cgroups: Path = CGROUPS) -> int:
    """The machine's memory, or the limit of the container that we run in."""
    limits = [_limit(cgroups / name) for name in LIMITS]
    return min([psutil.virtual_memory().total, *(one for one in limits if one)])


def _limit(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # there is no such file, or it says "max"
        return None


def shared_buffers_mb(memory_bytes: int) -> int:
    """What PostgreSQL keeps of its tables: a quarter of the memory, within bounds."""
    return max(LEAST_MB, min(memory_bytes // 4 // MEGABYTE, MOST_MB))
