"""Who is told: a person themselves, and of a project's money its owner."""

import re
from typing import Any

from labeling.models import Project
from people import notices

PROJECT = re.compile(r"project:(\d{1,18})")


def tell(holder: str, kind: str, facts: dict[str, Any]) -> None:
    """The notice goes to `person:12`, or to the owner of `project:7`."""
    if found := PROJECT.fullmatch(holder):
        owner_id = Project.objects.filter(pk=found[1]).values_list("owner_id", flat=True).first()
        holder = f"person:{owner_id}"
    notices.tell(holder, kind, facts)
