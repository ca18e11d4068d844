"""What a person can work on: open projects, what they pay, and whether work waits for them.

Looks only at the index of tasks with a free slot, so the cost of a project does not depend on
how many tasks it has.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from labeling.errors import NotFound
from labeling.models import Assignment, Project, Task
from labeling.models.project import ProjectQuerySet
from labeling.models.task import GOLD_LANE
from payments import money
from people.models import User

OFFERS_LIMIT = 100  # projects on one page

Visitor = User | AnonymousUser


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One project as a labeler sees it; `price` is a decimal string per accepted answer."""

    id: int
    title: str
    instructions: str
    config: str
    price: str
    lease_minutes: int
    review: str
    available: bool
    state: str


def open_to(visitor: Visitor) -> list[Offer]:
    """Open projects, those with work for this visitor first, then the newest."""
    projects = _seen_by(visitor, Project.objects.open())
    newest = projects.order_by("-has_work", "-id")[:OFFERS_LIMIT]
    return [_offer(project, visitor) for project in newest]


def get(visitor: Visitor, *, project_id: int) -> Offer:
    """One project's offer; `NotFound` for a draft, whose owner alone knows of it."""
    project = _seen_by(visitor, Project.objects.filter(pk=project_id)).first()
    if project is None or project.state == Project.State.DRAFT:
        raise NotFound
    return _offer(project, visitor)


def _seen_by(visitor: Visitor, projects: ProjectQuerySet) -> ProjectQuerySet:
    seen = Assignment.objects.filter(task=OuterRef("pk"), labeler=visitor.pk)
    free = Task.objects.filter(
        ~Exists(seen.exclude(state=Assignment.State.EXPIRED)),
        project=OuterRef("pk"),
        free_count__gt=0,
        lane__lt=GOLD_LANE,
    )
    held = Assignment.objects.live().filter(project=OuterRef("pk"), labeler=visitor.pk)
    not_theirs = ~Q(owner=visitor.pk) if visitor.pk else Q(pk__isnull=False)
    return projects.annotate(has_work=(Exists(free) | Exists(held)) & not_theirs)


def _offer(project: Project, visitor: Visitor) -> Offer:
    available = project.state == Project.State.OPEN and project.has_work
    return Offer(
        id=project.pk,
        title=project.title,
        instructions=project.instructions,
        config=project.config,
        price=money.format(project.price_units),
        lease_minutes=project.lease_minutes,
        review=project.review,
        available=available,
        state=_state(project, visitor, available=available),
    )


def _state(project: Project, visitor: Visitor, *, available: bool) -> str:
    if project.state == Project.State.CLOSED:
        return "Closed"
    if project.state == Project.State.PAUSED:
        return "Paused"
    if project.owner_id == visitor.pk:
        return "Your own project"
    return "Work waiting" if available else "Nothing left for now"
