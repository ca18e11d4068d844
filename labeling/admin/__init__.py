"""The workshop in the Django admin."""

from labeling.admin import answers, projects, work

__all__ = ["answers", "projects", "work"]
