"""Tests that one may take, or has taken: projects of known answers that grant a skill."""

from dataclasses import dataclass

from django.db.models import Q

from labeling.crowd import skills
from labeling.models import Project
from payments import money
from people.models import User

TESTS_LIMIT = 100  # on one page


@dataclass(frozen=True, kw_only=True)
class EntryTest:
    """One test as a person sees it: `price` is a decimal string per answer, `result` None before
    they have begun, `is_open` if there is something to do for them."""

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
    found = [_seen_with(project, results.get(project.pk)) for project in newest]
    return sorted(found, key=lambda one: not one.is_open)


def _seen_with(project: Project, result: skills.Result | None) -> EntryTest:
    is_over = result is not None and result.state != skills.State.RUNNING
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
        is_open=project.state == Project.State.OPEN and not is_over,
        result=result,
    )
