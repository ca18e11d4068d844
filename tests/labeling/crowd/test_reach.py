"""Requirements that nobody can meet: refused, or told."""

import pytest
from rest_framework.test import APIClient

from labeling.crowd import reach, requirements, skills
from labeling.data import gold_loads
from labeling.errors import ImpossibleRequirement, UnknownSkill
from labeling.models import Project
from labeling.orders import projects
from tests.labeling import house, school

pytestmark = pytest.mark.django_db
NOBODY = "Nobody meets the requirements yet."
NO_WAY = "Nobody has french, and no open test and no open project with gold grants it."


def of(made: Project) -> list[str]:
    made.refresh_from_db()
    return reach.warnings([made])[made.pk]


@pytest.mark.parametrize("text", ["frnch", "french and not frnch", "french or frnch >= 80"])
def test_what_names_no_skill_is_refused(text):
    school.skill(slug="french")
    made = house.project()

    with pytest.raises(UnknownSkill) as refused:
        projects.change(made, requirements=text)
    with pytest.raises(UnknownSkill):
        house.project(requirements=text)

    assert str(refused.value) == "There is no skill frnch."
    assert refused.value.data["skills"] == ["frnch"]
    assert Project.objects.get().requirements == ""


@pytest.mark.parametrize(
    ("text", "is_possible"),
    [
        ("a and not a", False),
        ("a >= 80 and a < 80", False),
        ("a > 99 and a != 100", False),
        ("a > 100", False),
        ("a < 0 or b < 0", False),
        ("(a or b) and not a and not b", False),
        ("a > 50 and a < 52", True),
        ("a > 50 and a < 51", False),
        ("a == 100", True),
        ("a != 0", True),
        ("not a", True),
        ("not a or a >= 80", True),
        ("a >= 80 and (not b or b < 50)", True),
    ],
)
def test_what_contradicts_itself_is_refused(text, is_possible):
    school.skill(slug="a")
    school.skill(slug="b")

    if is_possible:
        reach.check(requirements.parse(text))
    else:
        with pytest.raises(ImpossibleRequirement):
            reach.check(requirements.parse(text))


def test_the_longest_text_is_looked_at_in_a_moment(django_assert_num_queries):
    slugs = [f"s{number}" for number in range(35)]
    for slug in slugs:
        school.skill(slug=slug)
    text = " and ".join(f"({slug} > 50 or not {slug})" for slug in slugs)

    with django_assert_num_queries(1):
        reach.check(requirements.parse(text))


def test_the_api_says_both():
    owner = house.requester()
    school.skill(owner, slug="french")
    client = APIClient()
    client.force_authenticate(owner)
    offer = {"title": "Moods", "config": house.CHOICES, "price": "0.05"}

    unknown = client.post("/api/v1/projects/", {**offer, "requirements": "frnch"})
    never = client.post("/api/v1/projects/", {**offer, "requirements": "french and not french"})
    made = client.post("/api/v1/projects/", {**offer, "requirements": "french >= 80"})

    assert (unknown.status_code, unknown.json()["code"]) == (400, "unknown_skill")
    assert (never.status_code, never.json()["code"]) == (400, "impossible_requirement")
    assert made.json()["warnings"] == [NOBODY, NO_WAY]
    assert client.get("/api/v1/projects/").json()["results"][0]["warnings"] == [NOBODY, NO_WAY]


def test_nothing_is_said_once_somebody_meets_it():
    french = school.skill(slug="french")
    made = house.project(requirements="french >= 80")

    skills.grant(french, labeler=house.labeler(), value=79)
    almost = of(made)
    skills.grant(french, labeler=house.labeler(), value=80)

    assert almost == [NOBODY]  # there are people who have it
    assert of(made) == []


def test_who_may_lack_a_skill_is_no_nobody():
    school.skill(slug="spammer")

    assert of(house.project(requirements="not spammer")) == []
    assert of(house.project()) == []


def test_a_skill_that_a_test_or_gold_grants_is_within_reach():
    french, german = school.skill(slug="french"), school.skill(slug="german")
    school.exam(french)
    with_gold = house.project(german.owner, skill=german)
    house.load(with_gold, tasks=1)
    gold_loads.load(with_gold, rows=[{"data": {"text": "g"}, "expected": house.answer()}])
    house.fund(with_gold, amount_units=10**9)
    made = house.project(requirements="french and german")
    german_lacking = "Nobody has german, and no open test and no open project with gold grants it."

    before = of(made)
    projects.open_tasks(with_gold)

    assert before == [NOBODY, german_lacking]
    assert of(made) == [NOBODY]


def test_where_too_many_have_it_to_look_at_all_nothing_is_said(monkeypatch):
    french = school.skill(slug="french")
    skills.grant(french, labeler=house.labeler(), value=10)
    made = house.project(requirements="french >= 80")
    assert of(made) == [NOBODY]

    monkeypatch.setattr(reach, "GRANTS_LIMIT", 1)

    assert of(made) == []
