"""The workshop in the Django admin."""

from labeling.admin import answers, cases, media, projects, reputation, reviews, skills, work

__all__ = ["answers", "cases", "media", "projects", "reputation", "reviews", "skills", "work"]
