"""What the head of every page says to whoever is signed in."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from people import notices


def unread(request: HttpRequest) -> dict[str, Any]:
    """`notices_unread`: how many notices they have not read; asked only where it is shown."""
    return {"notices_unread": cache(lambda: _unread_count(request))}  # a template calls it


def _unread_count(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    return notices.unread_count(user)
