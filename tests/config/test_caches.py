"""The cache without Redis: the process remembers, and asks Redis again after a while."""

import pytest
from django.core.cache import caches

from config import caches as ours

BACKEND = "config.caches.RedisElseMemory"


@pytest.fixture
def lost(settings):
    """A cache whose Redis cannot be reached."""
    ours._redis_back_at.clear()
    settings.CACHES = {"default": {"BACKEND": BACKEND, "LOCATION": "redis://127.0.0.1:1/0"}}
    yield caches["default"]
    caches["default"].clear()
    ours._redis_back_at.clear()


def test_without_redis_the_process_counts(lost):
    lost.add("tries", 0, timeout=60)
    counts = [lost.incr("tries") for _ in range(3)]

    assert counts == [1, 2, 3]
    assert lost.get("tries") == 3
    assert lost.get_many(["tries", "none"]) == {"tries": 3}
    assert (lost.add("tries", 9), lost.touch("tries"), lost.delete("tries")) == (False, True, True)
    with pytest.raises(ValueError):
        lost.incr("tries")


def test_redis_is_asked_again_after_a_while(lost, settings, monkeypatch):
    lost.set("a", 1)
    asked = []

    def note(self, *args, **kwargs):
        asked.append(args)
        raise OSError("still lost")

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get", note)
    lost.get("a")
    early = len(asked)
    ours._redis_back_at.clear()
    lost.get("a")

    assert (early, len(asked)) == (0, 1)


def test_with_redis_nothing_is_kept_in_the_process(settings):
    address = settings.CACHES["default"]["LOCATION"]
    settings.CACHES = {"default": {"BACKEND": BACKEND, "LOCATION": address}}
    cache = caches["default"]

    cache.set("shared", 1, timeout=60)

    assert cache._memory.get("shared") is None
    assert cache.get("shared") == 1
    cache.delete("shared")
