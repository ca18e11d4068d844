"""An admin does for a requester what the API does: projects, tests, gold, skills, reviewers."""

import json
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from labeling.models import Grant, Load, Project, Reviewer, Skill
from people.models import User
from tests.labeling import house, school
from tests.labeling.review.test_cases import purse

pytestmark = pytest.mark.django_db
NEW = "/admin/labeling/project/create/"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def onlooker() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    return client


def form(owner: User, **changes: str) -> dict[str, str]:
    given = {"owner": owner.username, "title": "Moods", "kind": "labeling", "price": "0.05"}
    given |= {"config": house.CHOICES, "overlap": "1", "pass_percent": "80", "gold_percent": "5"}
    return {**given, "key": str(uuid4()), **changes}


def gold(count: int) -> list[dict[str, object]]:
    rows = [{"text": f"gold {number}"} for number in range(count)]
    return [{"data": data, "expected": house.answer()} for data in rows]


def page(made: Project, verb: str) -> str:
    return f"/admin/labeling/project/{made.pk}/{verb}/"


def test_a_project_is_made_once_however_often_the_button_is_pressed(admin):
    owner = house.requester()
    assert "In a requester" in admin.get(NEW).content.decode()
    wanted = form(owner, overlap="2", confidence="0.95", overlap_max="4")

    for _ in range(2):
        assert admin.post(NEW, wanted).status_code == 302

    made = Project.objects.get()
    assert (made.owner, made.overlap, made.overlap_max, made.confidence) == (owner, 2, 4, 0.95)
    assert (made.price_units, made.state) == (house.PRICE_UNITS, "DRAFT")
    assert made.purse_id is not None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"price": "much"}, "Write an amount"),
        ({"price": "0"}, "more than nothing"),
        ({"overlap_max": "3"}, "Without a confidence the overlap is fixed"),
        ({"config": "<View/>"}, ""),
        ({"kind": "test"}, "A test needs a skill"),
        ({"owner": "nobody"}, "not one of the available choices"),
        ({"overlap": "101"}, "An overlap is at most 100"),
        ({"overlap": "1001"}, "less than or equal to 1000"),
    ],
)
def test_what_the_api_refuses_is_refused(admin, changes, words):
    answer = admin.post(NEW, {**form(house.requester()), **changes})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Project.objects.exists()


def test_a_skill_of_somebody_else_is_tested_by_nobody(admin):
    school.skill(slug="french")
    wanted = form(house.requester(), kind="test", skill="french", quota="2")

    answer = admin.post(NEW, wanted)

    assert "a skill of somebody else" in answer.content.decode()
    assert not Project.objects.exists()


def test_an_entry_test_is_made_loaded_and_opened(admin):
    owner = house.requester()
    admin.post(
        "/admin/labeling/skill/create/",
        {"owner": owner.username, "slug": "french", "title": "French"},
    )
    assert Skill.objects.get().owner == owner
    admin.post(NEW, form(owner, kind="test", skill="french", quota="2", overlap="3"))
    made = Project.objects.get()
    file = SimpleUploadedFile("gold.json", json.dumps(gold(2)).encode())

    assert admin.post(page(made, "load-gold"), {"text": "", "file": file}).status_code == 302
    assert (Load.objects.get().is_gold, made.tasks.count()) == (True, 2)
    short = admin.post(page(made, "open"), follow=True).content.decode()
    assert "This needs" in short
    house.fund(made, amount_units=6 * house.COST_UNITS)
    asked = admin.get(page(made, "open")).content.decode()
    assert "This holds" in asked
    assert "0.315" in asked
    assert Project.objects.get().state == "DRAFT"
    admin.post(page(made, "open"))

    assert Project.objects.get().state == "OPEN"
    assert purse(made) == (0, 6 * house.COST_UNITS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "This is no JSON"),
        ("{}", "Write a list of rows"),
        ('[{"data": {"text": "one"}}]', "A row of gold is"),
        ('[{"data": {"text": "one"}, "expected": []}]', ""),
    ],
)
def test_gold_that_makes_no_sense_is_not_loaded(admin, text, words):
    made = house.project()

    answer = admin.post(page(made, "load-gold"), {"text": text})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not made.tasks.exists()


def test_tasks_are_loaded(admin):
    made = house.project()

    admin.post(page(made, "load-tasks"), {"text": '[{"text": "one"}, {"text": "two"}]'})

    assert made.tasks.count() == 2


def test_a_skill_is_granted_by_the_owners_word(admin):
    school.skill(slug="french")
    who = house.labeler()
    given = {"skill": "french", "labeler": who.pseudonym, "value": "70"}

    for _ in range(2):
        admin.post("/admin/labeling/grant/grant/", given)
    refused = admin.post("/admin/labeling/grant/grant/", {**given, "value": "101"})

    grant = Grant.objects.get()
    assert (grant.labeler, grant.value, grant.source) == (who, 70, "requester")
    assert "less than or equal to 100" in refused.content.decode()
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("listed", "verb"),
    [("project", "create"), ("skill", "create"), ("grant", "grant"), ("reviewer", "name")],
)
def test_a_lists_button_leads_to_its_form(admin, listed, verb):
    page = admin.get(f"/admin/labeling/{listed}/").content.decode()

    assert f'href="/admin/labeling/{listed}/{verb}/"' in page


def test_a_reviewer_is_named_and_removed(admin):
    made, who = house.project(), house.labeler()
    add = "/admin/labeling/reviewer/name/"

    admin.post(add, {"project": made.pk, "username": who.username})
    owner = admin.post(add, {"project": made.pk, "username": made.owner.username})
    nobody = admin.post(add, {"project": made.pk, "username": "nobody"})

    assert [one.user for one in Reviewer.objects.all()] == [who]
    assert "You review your own project anyway." in owner.content.decode()
    assert "There is nobody of this name." in nobody.content.decode()
    chosen = {"action": "remove", "_selected_action": Reviewer.objects.get().pk}
    admin.post("/admin/labeling/reviewer/", chosen)
    assert not Reviewer.objects.exists()


def test_projects_are_closed_when_the_question_is_answered(admin):
    made = house.opened()
    chosen = {"action": "close", "_selected_action": made.pk}

    asked = admin.post("/admin/labeling/project/", chosen).content.decode()

    assert "Close these projects" in asked
    assert Project.objects.get().state == "OPEN"
    admin.post("/admin/labeling/project/", {**chosen, "confirmed": "1"})
    assert Project.objects.get().state == "CLOSED"


def test_who_may_only_look_does_none_of_it(onlooker):
    made, who = house.project(), house.labeler()
    school.skill(slug="french")
    tried = {
        NEW: form(made.owner),
        page(made, "load-gold"): {"text": json.dumps(gold(1))},
        page(made, "open"): {},
        "/admin/labeling/skill/create/": {"owner": made.owner.username, "slug": "a", "title": "A"},
        "/admin/labeling/grant/grant/": {
            "skill": "french",
            "labeler": who.pseudonym,
            "value": "1",
        },
        "/admin/labeling/reviewer/name/": {"project": made.pk, "username": who.username},
    }

    assert {path: onlooker.post(path, body).status_code for path, body in tried.items()} == (
        dict.fromkeys(tried, 403)
    )
    assert (Project.objects.count(), Grant.objects.count(), made.tasks.count()) == (1, 0, 0)
