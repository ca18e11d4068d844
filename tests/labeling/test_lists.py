"""No list costs more statements because there is more in it: API, pages and admin."""

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.crowd import skills
from labeling.data import gold_loads
from labeling.handout import reports, submissions
from labeling.models import Project, Skill
from labeling.review import appeals, cases, juries, reviewers
from people import tokens
from people.models import User
from tests.labeling import house, queue, school
from tests.labeling.review.test_cases import SEAT, reject

pytestmark = pytest.mark.django_db
ROOMS = ["people", "labeling", "payments"]


class Town:
    """One requester with many projects, one labeler with many answers; `grow` makes more."""

    def __init__(self) -> None:
        self.skill = school.skill()
        self.owner, self.labeler = self.skill.owner, house.labeler()
        self.project = self._own(queue.answered("Good", "Good", "Bad", skill=self.skill)[0])
        self.number = 0

    def _own(self, made: Project) -> Project:
        Project.objects.filter(pk=made.pk).update(owner=self.owner)
        made.refresh_from_db()
        return made

    def grow(self) -> None:
        """One more of everything that is listed."""
        self.number += 1
        self._a_project_with_a_rejection()
        house.fund(self.project, amount_units=20 * SEAT)
        self._an_appeal_before_a_juror()
        self._a_report()
        reviewers.add(self.project, username=house.labeler().username)
        school.exam(self._a_skill())
        known = {"data": {"text": f"known {self.number}"}, "expected": house.answer()}
        gold_loads.load(self.project, rows=[known])
        tokens.issue(self.owner)

    def _a_project_with_a_rejection(self) -> None:
        made = self._own(house.opened(review="manual", skill=self._a_skill()))
        house.fund(made, amount_units=5 * SEAT)
        self._answer(made, self.labeler)
        reject(made)
        reviewers.add(made, username=house.labeler().username)

    def _a_skill(self) -> Skill:
        made = school.skill(self.owner)
        skills.grant(made, labeler=self.labeler)
        return made

    def _answer(self, made: Project, who: User) -> int:
        lease = house.take(made, who)
        return submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Bad")).id

    def _an_appeal_before_a_juror(self) -> None:
        house.load_one(self.project)
        who, juror = house.labeler(), house.labeler()
        school.passed(self.skill, juror)
        wrong = [self._answer(self.project, who)]
        why = {"reason": "wrong", "note": "No.", "judge": self.owner}
        (case,) = cases.open_cases(self.project, wrong, **why)
        appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")
        juries.take(juror.pk)

    def _a_report(self) -> None:
        who = house.labeler()
        lease = house.take(self.project, who)
        reports.report(lease.id, labeler_id=who.pk, reason="broken")


def addresses(town: Town) -> list[tuple[User, str]]:
    """Every list, and somebody who may see it."""
    project = f"/api/v1/projects/{town.project.pk}"
    parts = ["submissions", "review", "cases", "tasks", "gold", "reports", "reviewers"]
    of_requester = [f"{project}/{part}/" for part in parts]
    of_requester += ["/api/v1/projects/", f"/api/v1/skills/{town.skill.slug}/grants/"]
    of_requester += ["/review/", f"/review/{town.project.pk}/", "/account/"]
    kinds = ["offers", "answers", "skills", "skills/tests", "statement", "payouts", "reputation"]
    of_labeler = [f"/api/v1/{kind}/" for kind in kinds]
    of_labeler += ["/", "/answers/", "/skills/", "/reputation/", "/earnings/", "/review/"]
    admin = User.objects.create_superuser("admin")
    tables = [model._meta for room in ROOMS for model in apps.get_app_config(room).get_models()]
    return [
        *((town.owner, path) for path in of_requester),
        *((town.labeler, path) for path in of_labeler),
        *((admin, f"/admin/{table.app_label}/{table.model_name}/") for table in tables),
    ]


def statements(user: User, path: str) -> int:
    cache.clear()
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return len(captured)


def test_no_list_costs_more_for_what_is_in_it(settings):
    settings.STIPEND_BRAKE_REJECTIONS = 1000
    town = Town()
    town.grow()
    town.grow()
    lists = addresses(town)
    for user, path in lists:
        statements(user, path)  # the first look opens purses and fills caches

    few = {path: statements(user, path) for user, path in lists}
    for _ in range(3):
        town.grow()
    many = {path: statements(user, path) for user, path in lists}

    assert {path: (few[path], many[path]) for path in few if few[path] != many[path]} == {}
