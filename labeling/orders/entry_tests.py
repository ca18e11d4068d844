"""Tests that one may take, or has taken: projects of known answers that grant a skill."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from labeling.crowd import skills
from labeling.models import Assignment, Project, Task
from payments import money
from people.models import User

TESTS_LIMIT = 100  # on one page


@dataclass(frozen=True, kw_only=True)
class EntryTest:
    """One test as a person sees it: `price` is a decimal string per answer, `result` None before
    they have begun, `is_open` if there may be something to do for them: for who has not begun, all
    of it."""

    project_id: int
    title: str
    skill: str
    skill_title: str
    price: str
    is_paid: bool
    length: int
    lease_minutes: int
    pass_percent: int
    is_open: bool
    result: skills.Result | None


def for_person(user: User) -> list[EntryTest]:
    """Those to take, the newest first, then those that this person has behind them."""
    results = skills.results_of(user.pk)
    tests = Project.objects.filter(kind=Project.Kind.TEST).exclude(owner=user)
    seen = tests.filter(Q(state=Project.State.OPEN) | Q(pk__in=results))
    newest = seen.select_related("skill").order_by("-id")[:TESTS_LIMIT]
    asking, held = _asking(newest), _held(newest, user)
    found = [
        _seen_with(project, results.get(project.pk), asking[project.pk], project.pk in held)
        for project in newest
    ]
    return sorted(found, key=lambda one: not one.is_open)


def _asking(projects: Iterable[Project]) -> Counter[int]:
    """How many questions each of these tests has left to ask somebody."""
    offered = Task.objects.filter(project__in=list(projects), is_offered=True).order_by()
    return Counter(dict(offered.values_list("project").annotate(count=Count("pk"))))


def _held(projects: Iterable[Project], user: User) -> set[int]:
    """Those of these tests of which the person has a question in the hand."""
    mine = Assignment.objects.live().filter(project__in=list(projects), labeler=user)
    return set(mine.values_list("project_id", flat=True))


def _seen_with(
    project: Project, result: skills.Result | None, asking_count: int, is_held: bool
) -> EntryTest:
    is_over = result is not None and result.state != skills.State.RUNNING
    needed_count = 1 if result is not None else project.quota or 0
    is_asking = is_held or asking_count >= needed_count
    assert project.skill is not None  # project_test_grants_a_skill
    return EntryTest(
        project_id=project.pk,
        title=project.title,
        skill=project.skill.slug,
        skill_title=project.skill.title,
        price=money.format(project.price_units),
        is_paid=project.price_units > 0,
        length=project.quota or 0,
        lease_minutes=project.lease_minutes,
        pass_percent=project.pass_percent,
        is_open=project.state == Project.State.OPEN and not is_over and is_asking,
        result=result,
    )
