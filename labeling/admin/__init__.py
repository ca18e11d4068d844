"""The workshop in the Django admin."""

from labeling.admin import answers, projects, reputation, reviews, skills, work

__all__ = ["answers", "projects", "reputation", "reviews", "skills", "work"]
