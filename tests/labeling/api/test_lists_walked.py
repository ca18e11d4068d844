"""Long lists are walked from page to page while answers come in and are decided."""

import pytest
from rest_framework.test import APIClient

from labeling.api.pages import GrowingPage, NewestCases, NewestIds, NewestPage
from labeling.crowd import skills
from labeling.handout import reports
from labeling.orders import projects
from labeling.review import reviews
from tests.labeling import house, school
from tests.labeling.answers_given import answers
from tests.labeling.queue import answered

pytestmark = pytest.mark.django_db
WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


def walked(user, path, meanwhile, key="id"):
    """The ids on all pages; something happens behind each."""
    client, found = APIClient(), []
    client.force_authenticate(user)
    while path:
        page = client.get(path).json()
        found += [row[key] for row in page["results"]]
        path = page["next"]
        meanwhile()
    return found


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Two rows a page."""
    monkeypatch.setattr(NewestPage, "page_size", 2)


@pytest.mark.parametrize("whose", ["owner", "labeler"])
def test_no_answer_comes_twice_while_others_come_in(whose):
    made, who = house.project(), house.labeler()
    given = answers(made, who, count=5)
    user, path = {
        "owner": (made.owner, f"/api/v1/projects/{made.pk}/submissions/"),
        "labeler": (who, "/api/v1/answers/"),
    }[whose]

    found = walked(user, path, lambda: answers(made, who, count=1))

    assert found == [one.pk for one in reversed(given)]


def test_no_change_of_money_comes_twice_while_others_come(monkeypatch):
    made = house.project()
    for _ in range(5):
        house.fund(made, amount_units=1_000_000)
    monkeypatch.setattr(GrowingPage, "page_size", 2)
    path = f"/api/v1/projects/{made.pk}/statement/?account=funds"

    found = walked(made.owner, path, lambda: house.fund(made, amount_units=1_000_000))

    assert found == sorted(set(found), reverse=True)
    assert len(found) == 5


def test_no_project_report_or_grant_comes_twice_while_others_are_added(monkeypatch):
    monkeypatch.setattr(NewestIds, "page_size", 2)
    owner, skill = house.requester(), school.skill()
    for _ in range(5):
        house.project(owner)
    made = house.opened(tasks=20, overlap=1)

    def report():
        held = house.take(made, who := house.labeler())
        reports.report(held.id, labeler_id=who.pk, reason="broken")

    def grant():
        skills.grant(skill, labeler=house.labeler())

    for _ in range(5):
        report()
        grant()

    own = walked(owner, "/api/v1/projects/", lambda: house.project(owner))
    reported = walked(made.owner, f"/api/v1/projects/{made.pk}/reports/", report)
    granted = walked(skill.owner, f"/api/v1/skills/{skill.slug}/grants/", grant, key="labeler")

    for found, count in ((own, 5), (reported, 5), (granted, 5)):
        assert (len(found), len(set(found))) == (count, count)


def test_who_begins_with_a_later_page_misses_nothing_behind_it(monkeypatch):
    monkeypatch.setattr(NewestIds, "page_size", 2)
    owner = house.requester()
    made = [house.project(owner).pk for _ in range(6)]

    assert walked(owner, "/api/v1/projects/?page=2", lambda: None) == made[:4][::-1]


@pytest.mark.django_db(transaction=True)  # each at its own time
def test_no_case_comes_twice_while_others_are_opened(monkeypatch):
    monkeypatch.setattr(NewestCases, "page_size", 2)
    made, _ = answered("Good", tasks=12)
    left = list(made.submissions.values_list("pk", flat=True))

    def reject():
        why = {"reason": "wrong", "note": "No."}
        (case,) = reviews.reject_all(made, [left.pop()], reviewer=made.owner, **why)
        return str(case.pk)

    rejected = [reject() for _ in range(5)]

    assert walked(made.owner, f"/api/v1/projects/{made.pk}/cases/", reject) == rejected[::-1]


@pytest.mark.django_db(transaction=True)  # each at its own time
def test_every_withdrawal_comes_once_while_others_are_asked_for(monkeypatch):
    made = house.project()
    house.fund(made, amount_units=10_000_000)

    def withdraw():
        return projects.withdraw(made, amount_units=10_000, address=WALLET, key="")

    asked = [withdraw().id for _ in range(101)]
    monkeypatch.setattr(GrowingPage, "page_size", 40)

    found = walked(made.owner, f"/api/v1/projects/{made.pk}/withdrawals/", withdraw)

    assert found == [str(one) for one in reversed(asked)]


def test_none_is_passed_over_while_those_before_leave_the_list():
    made, _ = answered("Good", tasks=5)
    path = f"/api/v1/projects/{made.pk}/submissions/?state=SUBMITTED"
    ids = list(made.submissions.order_by("-id").values_list("pk", flat=True))

    def accept_all():
        reviews.accept_all(made, reviewer=made.owner, chosen=reviews.Chosen(ids=ids[:2]))

    assert walked(made.owner, path, accept_all) == ids
