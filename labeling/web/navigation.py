"""What the head of every page links to for the person who looks at it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from labeling.review import reviewers


def review(request: HttpRequest) -> dict[str, Any]:
    """`reviews_any`: true for whoever has answers to look at; asked only where it is shown."""
    return {"reviews_any": SimpleLazyObject(lambda: _reviews_any(request))}


def _reviews_any(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    return reviewers.reviewed_by(user).exists()
