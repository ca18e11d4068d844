"""The workshop in the Django admin."""

from labeling.admin import (
    answers,
    cases,
    loads,
    media,
    projects,
    reputation,
    reviews,
    skills,
    tasks,
    work,
)

__all__ = [
    "answers",
    "cases",
    "loads",
    "media",
    "projects",
    "reputation",
    "reviews",
    "skills",
    "tasks",
    "work",
]
