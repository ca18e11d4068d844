"""The cache: Redis, and while that cannot be reached this process's own memory.

What is kept there may be lost at any time. But limits on guessing are counted there: without Redis
they go on in each process on its own, so that its loss neither locks anybody out nor opens a gate.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

BACKOFF_SECONDS = 5.0  # while Redis cannot be reached
MEMORY_ENTRIES = 100_000  # of one process; the oldest go first

logger = logging.getLogger(__name__)
_redis_back_at: dict[str, float] = {}  # by address, of this process


class RedisElseMemory(RedisCache):
    """Redis, or the process's memory for BACKOFF_SECONDS after Redis has failed."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = str(server)
        self._memory = LocMemCache(
            self._server, {**params, "OPTIONS": {"MAX_ENTRIES": MEMORY_ENTRIES}}
        )

    def _either(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        if monotonic() >= _redis_back_at.get(self._server, 0.0):
            try:
                asked: Callable[..., Any] = getattr(super(), verb)
                return asked(*args, **kwargs)
            except (RedisError, OSError) as error:
                _redis_back_at[self._server] = monotonic() + BACKOFF_SECONDS
                logger.warning("Redis cannot be reached; this process remembers: %s", error)
        return getattr(self._memory, verb)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._either("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._either("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._either("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._either("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return self._either("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return self._either("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return self._either("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return self._either("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._either("delete_many", *args, **kwargs)

    def clear(self) -> bool:
        self._memory.clear()
        return self._either("clear")
