"""The addresses of media on our own origin: of what was uploaded, and of what is elsewhere.

`/media/<name>` is a file of ours. `/media/<project>/<seal>/<packed>` stands for an address
elsewhere that a requester wrote into a task: the seal is an HMAC over project and address, so
nobody else can have us fetch anything. Making one costs a hash: no query, nothing is fetched.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256

from django.conf import settings

from labeling.errors import NotFound

PREFIX = "/media/"
OURS = (PREFIX, "/images/")  # paths of the product that hold pictures and sounds, and do nothing
ELSEWHERE = ("http://", "https://")
SEAL_BYTES = 16
PURPOSE = "stipend.labeling.media:"


def of_file(name: str) -> str:
    """Where the file of that name is served."""
    return PREFIX + name


def own(project_id: int) -> Callable[[str], str]:
    """What makes an address of this project's data one on our own origin."""
    return partial(_own, project_id)


def _own(project_id: int, address: str) -> str:
    """Empty where a page may not load it: a path that may do something, or is none of ours."""
    start = address[:8].lower()
    if start.startswith(ELSEWHERE):
        return elsewhere(project_id, address)
    is_ours = address.startswith(OURS) and ".." not in address
    return address if is_ours or start.startswith("data:") else ""


def elsewhere(project_id: int, address: str) -> str:
    """Where we show what is at that address."""
    packed = urlsafe_b64encode(address.encode()).rstrip(b"=").decode()
    return f"{PREFIX}{project_id}/{_seal(settings.SECRET_KEY, project_id, address)}/{packed}"


def read(project_id: int, seal: str, packed: str) -> str:
    """The address elsewhere that was packed so; raises NotFound if we never said that."""
    try:
        address = urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (NotBase64, ValueError):
        raise NotFound()
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(seal.encode(), _seal(key, project_id, address).encode()):
            return address
    raise NotFound()


def _seal(key: str, project_id: int, address: str) -> str:
    digest = hmac.digest(_key(key), f"{project_id}:{address}".encode(), "sha256")
    return urlsafe_b64encode(digest[:SEAL_BYTES]).rstrip(b"=").decode()


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    """For this purpose alone."""
    return sha256((PURPOSE + secret).encode()).digest()
