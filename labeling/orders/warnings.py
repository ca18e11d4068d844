"""What a requester should hear of a project that is in order, and not as they may think."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.translation import gettext as _

from labeling.answers import parse
from labeling.crowd import reach
from labeling.models import Project


def of(projects: Sequence[Project]) -> dict[int, list[str]]:
    """Sentences by project: what keeps everybody out, and which hotkeys the page does not have."""
    found = reach.warnings(projects)
    return {one.pk: [*found[one.pk], *_of_hotkeys(one)] for one in projects}


def _of_hotkeys(project: Project) -> list[str]:
    lost = _lost(project.config)
    if not lost:
        return []
    sentence = _(
        "The page has no hotkey %(keys)s: one is a letter from a to z or a digit, and no two are "
        "the same. Each choice shows the key that it has."
    )
    return [sentence % {"keys": ", ".join(lost[:20])}]


@lru_cache(maxsize=512)
def _lost(xml: str) -> tuple[str, ...]:
    return parse(xml).lost_hotkeys
