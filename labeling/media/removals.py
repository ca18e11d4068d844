"""A medium is taken away: somebody's face or voice, perhaps, that should not have been shown.

Promises: no task that still has to be shown, answered or argued about loses what it shows, and no
task or example that comes in later names what is gone (`withdrawn`). The row
stays, with the SHA-256 of what the file was, so what was said of it stays provable; the file is
gone once no project has it. Who died on the way is made up for by `erase_due`.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.transaction import atomic
from django.utils import timezone

from labeling.errors import MediaInUse, MediaRemoved, NotFound
from labeling.media import addresses, files, uploads, withdrawn
from labeling.models import Elsewhere, Medium, Project, Seat, Submission, Task, Vote

MADE_UP_FOR_DAYS = 2  # so long it is looked whether a file that was taken away is still there
DONE = (Task.State.JUDGED, Task.State.CLOSED)
UNDECIDED = (Submission.State.SUBMITTED, Submission.State.REJECTED, Submission.State.APPEALED)


def remove(project: Project, name: str) -> None:
    """The project has the file no more, for good; what was removed before stays so.

    Raises NotFound, MediaInUse with how many tasks and examples need it.
    """
    with atomic():
        _lock(project)
        medium = Medium.objects.filter(project=project, name=name).first()
        if medium is None:
            raise NotFound("There is no such file in this project.")
        if medium.removed_at is None:
            _check_unused(medium)
            _take_away(medium)
    erase(name)


def _lock(project: Project) -> None:
    """So nothing is loaded meanwhile."""
    Project.objects.locked().get(pk=project.pk)


def erase(name: str) -> None:
    """The file of that name is gone, if no project has it."""
    with atomic():
        uploads.hold([name])  # nobody adds it to a project between the look and the deed
        if not Medium.objects.filter(name=name, removed_at=None).exists():
            files.erase(name)


def erase_due() -> int:
    """How many of the files that were taken away lately have been looked after."""
    since = timezone.now() - timedelta(days=MADE_UP_FOR_DAYS)
    removed = Medium.objects.filter(removed_at__gt=since).order_by("name")
    names = list(removed.values_list("name", flat=True).distinct())
    for name in names:
        erase(name)
    return len(names)


def _take_away(medium: Medium) -> None:
    """The title goes too: it may say who it was."""
    medium.title, medium.removed_at = "", timezone.now()
    medium.save(update_fields=["title", "removed_at"])
    gone = {"state": Elsewhere.State.REFUSED, "medium": None, "problem": MediaRemoved.code}
    was = {"sha256": medium.name.partition(".")[0]}
    Elsewhere.objects.filter(medium=medium).update(**gone, facts=was)


def _check_unused(medium: Medium) -> None:
    undecided = Submission.objects.filter(task=OuterRef("pk"), state__in=UNDECIDED)
    shown = [addresses.of_file(medium.name)]
    shown += Elsewhere.objects.filter(medium=medium).values_list("address", flat=True)
    tasks = _naming(medium.project.tasks.all(), shown)
    votes = Vote.objects.filter(submission__task=OuterRef("pk"), seat__state=Seat.State.LIVE)
    is_argued = Exists(undecided) | Exists(votes)
    needed = tasks.filter(~Q(state__in=DONE) | Q(live_count__gt=0) | is_argued)
    tasks_count = needed.count()
    examples_count = _naming(medium.project.examples.all(), shown).count()
    if tasks_count or examples_count:
        raise MediaInUse(tasks_count=tasks_count, examples_count=examples_count)


def _naming(rows: "QuerySet[Any]", shown: list[str]) -> "QuerySet[Any]":
    """Those in whose data one of these addresses stands. Reads all of them: removals are rare."""
    is_named = Q(pk__in=[])
    for number, address in enumerate(shown):
        place = StrIndex(Cast("data", TextField()), Value(withdrawn.spelt(address)))
        rows = rows.alias(**{f"place_{number}": place})
        is_named |= Q(**{f"place_{number}__gt": 0})
    return rows.filter(is_named)
