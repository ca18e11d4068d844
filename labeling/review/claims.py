"""Who looks at which answer right now, so that two reviewers do not look at the same one.

Kept in the cache for STIPEND_CLAIM_SECONDS. A claim forbids nothing: without it, or without
Redis, two see the same answer, and the verdict's own lock decides between them.
"""

from collections.abc import Sequence

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError


def take(submission_ids: Sequence[int], *, reviewer_id: int) -> int | None:
    """The first of these that this reviewer looks at already, else the first that nobody does.

    None when others look at all of them.
    """
    if not submission_ids:
        return None
    keys = {pk: f"review:{pk}" for pk in submission_ids}
    try:
        held = cache.get_many(list(keys.values()))
        for pk, key in keys.items():
            if held.get(key) == reviewer_id:
                cache.touch(key, settings.STIPEND_CLAIM_SECONDS)
                return pk
        for pk, key in keys.items():
            if key not in held and cache.add(key, reviewer_id, settings.STIPEND_CLAIM_SECONDS):
                return pk
    except RedisError:
        return submission_ids[0]
    return None
