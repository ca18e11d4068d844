"""The workshop in the Django admin."""

from labeling.admin import answers, projects, skills, work

__all__ = ["answers", "projects", "skills", "work"]
