"""The workshop in the Django admin."""

from labeling.admin import answers, cases, projects, reputation, reviews, skills, work

__all__ = ["answers", "cases", "projects", "reputation", "reviews", "skills", "work"]
