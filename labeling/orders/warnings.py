"""What a requester should hear of a project that is in order, and not as they may think."""

from collections.abc import Sequence
from functools import lru_cache

from django.db.models import Count
from django.utils.translation import gettext as _

from labeling.answers import parse
from labeling.crowd import reach
from labeling.errors import RejectionsFrozen
from labeling.models import Project, Standing, Task


def of(projects: Sequence[Project]) -> dict[int, list[str]]:
    """Sentences by project: that rejections wait for an admin, what keeps everybody out, that a
    test has run out of questions, and which hotkeys the page does not have."""
    found, dry, braked = reach.warnings(projects), _run_dry(projects), _braked(projects)
    return {
        one.pk: [
            *([str(RejectionsFrozen())] if one.owner_id in braked else []),
            *(*found[one.pk], *_of_questions(one, dry), *_of_hotkeys(one)),
        ]
        for one in projects
    }


def _braked(projects: Sequence[Project]) -> set[int]:
    """Those of their owners whose rejections wait for an admin."""
    owners = {one.owner_id for one in projects}
    frozen = Standing.objects.filter(requester__in=owners, frozen_at__isnull=False)
    return set(frozen.values_list("requester_id", flat=True))


def _of_questions(project: Project, dry: set[int]) -> list[str]:
    if project.pk not in dry:
        return []
    sentence = _(
        "As it stands nobody new can take this test: too few of its questions are left to ask. "
        "Load more gold, and open it."
    )
    return [sentence]


def _run_dry(projects: Sequence[Project]) -> set[int]:
    """Open tests that ask fewer questions than they are long: who begins cannot end them."""
    quota_of = {
        one.pk: one.quota or 0
        for one in projects
        if one.kind == Project.Kind.TEST and one.state == Project.State.OPEN
    }
    if not quota_of:
        return set()
    offered = Task.objects.filter(project__in=quota_of, is_offered=True).order_by()
    counts = dict(offered.values_list("project").annotate(count=Count("pk")))
    return {pk for pk, quota in quota_of.items() if counts.get(pk, 0) < quota}


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
