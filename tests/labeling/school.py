"""Skills, and the tests that grant them, for the workshop's tests."""

from datetime import timedelta
from itertools import count
from typing import Any

from labeling.crowd import skills
from labeling.data import gold_loads
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Grant, Project, Skill
from labeling.orders import projects
from people.models import User
from tests.labeling import house

_numbers = count(1)


def skill(owner: User | None = None, slug: str = "") -> Skill:
    """A skill of this owner."""
    name = slug or f"skill-{next(_numbers)}"
    return skills.create(owner or house.requester(), slug=name, title=name.title())


def passed(granted: Skill, who: User) -> None:
    """As if a test had granted them the skill, a day ago."""
    made = Grant.objects.create(skill=granted, labeler=who, source=Grant.Source.TEST, value=90)
    Grant.objects.filter(pk=made.pk).update(granted_at=made.granted_at - timedelta(days=1))


def exam(granted: Skill, *, length: int = 4, tasks: int = 0, **options: Any) -> Project:
    """An open test of this skill, each of whose answers is Good; 80 % of them pass."""
    options = {"overlap": 20, **options}
    made = house.project(granted.owner, kind="test", skill=granted, quota=length, **options)
    rows = [
        {"data": {"text": f"text {number}"}, "expected": house.answer()}
        for number in range(tasks or length)
    ]
    gold_loads.load(made, rows=rows)
    house.fund(made, amount_units=(tasks or length) * made.cost_per_task_units or 1)
    return projects.open_tasks(made).project


def sit(made: Project, who: User, *, right: int, wrong: int = 0) -> None:
    """So many right answers and then so many wrong ones, all judged."""
    for choice in ["Good"] * right + ["Bad"] * wrong:
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()
