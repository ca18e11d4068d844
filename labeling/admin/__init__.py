"""The workshop in the Django admin."""

from labeling.admin import answers, work

__all__ = ["answers", "work"]
