"""The workshop in the Django admin."""

from labeling.admin import answers, projects, reviews, skills, work

__all__ = ["answers", "projects", "reviews", "skills", "work"]
