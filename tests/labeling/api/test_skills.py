"""Skills over the API: made, granted, taken back, and tests to take."""

import pytest
from rest_framework.test import APIClient

from labeling.crowd import skills
from labeling.models import Grant, Skill
from tests.labeling import house, school

pytestmark = pytest.mark.django_db
SKILLS = "/api/v1/skills/"
GRANTS = "/api/v1/skills/french/grants/"


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def owner():
    return house.requester()


@pytest.fixture
def french(owner):
    return school.skill(owner, slug="french")


@pytest.fixture
def who():
    return house.labeler()


def test_a_requester_makes_a_skill(owner):
    answer = signed_in(owner).post(SKILLS, {"slug": "french", "title": "French, written"})

    made = answer.json()
    assert answer.status_code == 201
    assert made == {
        "slug": "french",
        "title": "French, written",
        "mine": True,
        "held": None,
        "created_at": made["created_at"],
    }
    assert Skill.objects.get().owner == owner


@pytest.mark.parametrize(
    ("slug", "status", "code"),
    [
        ("medical", 409, "skill_exists"),
        ("Frans\u00e7ais", 400, "malformed_skill"),
        ("not", 400, "malformed_skill"),
        ("", 400, "validation_failed"),
    ],
)
def test_a_bad_name_makes_none(owner, slug, status, code):
    school.skill(slug="medical")

    answer = signed_in(owner).post(SKILLS, {"slug": slug, "title": "?"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Skill.objects.count() == 1


def test_everybody_sees_what_there_is_and_what_they_hold(owner, french, who):
    skills.grant(french, labeler=who, value=70)
    school.skill(slug="medical")

    seen = signed_in(who).get(SKILLS).json()["results"]
    mine = signed_in(owner).get(SKILLS, {"mine": "true"}).json()["results"]

    held = {"value": 70, "source": "requester"}
    assert [(one["slug"], one["mine"], one["held"]) for one in seen] == [
        ("french", False, held),
        ("medical", False, None),
    ]
    assert [one["slug"] for one in mine] == ["french"]


def test_the_owner_grants_lists_and_takes_back(owner, french, who):
    requester = signed_in(owner)

    granted = requester.post(GRANTS, {"labeler": who.pseudonym, "value": 70})
    listed = requester.get(GRANTS).json()
    gone = requester.delete(f"{GRANTS}{who.pseudonym}/")

    assert granted.status_code == 201
    assert granted.json() == {
        "labeler": who.pseudonym,
        "value": 70,
        "source": "requester",
        "granted_at": granted.json()["granted_at"],
    }
    assert listed["count"] == 1
    assert listed["results"] == [granted.json()]
    assert (gone.status_code, skills.values_of(who.pk)) == (204, {})
    assert requester.get(GRANTS).json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"labeler": "L-0000000000"}, 404, "not_found"),
        ({"labeler": "{username}"}, 404, "not_found"),
        ({"labeler": "{pseudonym}", "value": 101}, 400, "validation_failed"),
        ({"labeler": "{pseudonym}", "value": "many"}, 400, "validation_failed"),
        ({"value": 5}, 400, "validation_failed"),
    ],
)
def test_a_bad_grant_grants_nothing(owner, french, who, body, status, code):
    if "labeler" in body:
        body = {**body, "labeler": body["labeler"].format(**vars(who))}

    answer = signed_in(owner).post(GRANTS, body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Grant.objects.count() == 0


def test_others_neither_see_nor_change_grants(french, who):
    skills.grant(french, labeler=who)
    stranger = signed_in(house.requester())

    answers = [
        stranger.get(GRANTS),
        stranger.post(GRANTS, {"labeler": who.pseudonym, "value": 1}),
        stranger.delete(f"{GRANTS}{who.pseudonym}/"),
    ]

    assert [answer.json()["code"] for answer in answers] == ["not_found"] * 3
    assert skills.values_of(who.pk) == {"french": 100}


def test_labelers_make_no_skills_and_strangers_see_none(who, french):
    labeler = signed_in(who)

    assert labeler.post(SKILLS, {"slug": "mine", "title": "Mine"}).status_code == 403
    assert labeler.get(GRANTS).status_code == 403
    assert APIClient().get(SKILLS).status_code == 401
    assert Skill.objects.count() == 1


def test_programs_see_which_tests_there_are_and_how_theirs_went(french, who):
    made = school.exam(french, length=2)
    labeler = signed_in(who)
    before = labeler.get("/api/v1/skills/tests/").json()

    school.sit(made, who, right=1, wrong=1)

    to_take = {
        "project": made.pk,
        "title": "Moods",
        "skill": "french",
        "price": "0.05",
        "length": 2,
        "lease_minutes": 15,
        "pass_percent": 80,
        "open": True,
        "result": None,
    }
    assert before == [to_take]
    result = {"state": "failed", "answers": 2, "right": 1, "percent": 50}
    assert labeler.get("/api/v1/skills/tests/").json() == [
        {**to_take, "open": False, "result": result}
    ]
