"""The workshop in the Django admin."""

from labeling.admin import answers, cases, media, projects, reputation, reviews, skills, tasks, work

__all__ = [
    "answers",
    "cases",
    "media",
    "projects",
    "reputation",
    "reviews",
    "skills",
    "tasks",
    "work",
]
