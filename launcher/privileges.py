"""PostgreSQL refuses to run as root, so root starts it as `nobody`.

Where `nobody` may not walk to its files (a clone below a 0700 folder such as /root), the server
keeps one capability of root, to read and to walk past folders; every other one is dropped.
"""

import ctypes
import os
import pwd
import struct
from collections.abc import Callable
from pathlib import Path

PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP, SECBIT_KEEP_CAPS = 1 << 2, 1 << 4  # the first also makes access(2) see it
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETPCAP = 1, 2, 8
_libc = ctypes.CDLL(None, use_errno=True)


def unprivileged() -> tuple[int, int]:
    """The user and group that own nothing."""
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return nobody.pw_uid, nobody.pw_gid


def is_root() -> bool:
    return os.geteuid() == 0


def walkable(path: Path) -> bool:
    """True if everybody may walk through every folder above the path."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def reachable(path: Path) -> bool:
    """True if everybody may walk to the file, read it and run it."""
    return walkable(path) and path.stat().st_mode & 0o005 == 0o005


def reaching(program: Path) -> int | None:
    """The capability that lets `nobody` walk past closed folders, None if root lacks it here."""
    runnable = program.stat().st_mode & 0o005 == 0o005
    held = next(
        int(line.split()[1], 16)
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("CapPrm")
    )
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if runnable else (CAP_DAC_OVERRIDE,):
        if held >> capability & held >> CAP_SETPCAP & 1 and os.uname().machine in SYS_CAPSET:
            return capability
    return None


def drop(capability: int | None) -> Callable[[], None]:
    """What a child of root calls to become `nobody`, keeping that one capability if any."""
    uid, gid = unprivileged()
    number = SYS_CAPSET.get(os.uname().machine, 0)
    mask = 0 if capability is None else 1 << capability
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    data = struct.pack("IIIIII", mask, mask, mask, 0, 0, 0)

    def become() -> None:
        if capability is not None:
            _libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS, 0, 0, 0)
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        if capability is not None:
            if _libc.syscall(number, header, data):
                os._exit(97)
            _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)

    return become
