"""The page of skills and tests."""

import pytest

from labeling.crowd import skills
from labeling.orders import projects
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(client):
    found = house.labeler()
    client.force_login(found)
    return found


def page(client):
    answer = client.get("/skills/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_newcomer_is_told_how_skills_come(client, who):
    seen = page(client)

    assert "None yet." in seen
    assert "There is none for you right now." in seen
    assert "Results" not in seen


def test_what_somebody_holds_and_from_where(client, who):
    for number, source in enumerate(["test", "gold", "requester"]):
        grant = skills.grant(school.skill(), labeler=who, value=70 + number)
        grant.source = source
        grant.save()
    lost = school.skill(slug="lost")
    skills.grant(lost, labeler=who)
    skills.revoke(lost, labeler=who)

    seen = page(client)

    for words in ("from a test you passed", "from your right answers", "from a requester", "72"):
        assert words in seen
    assert "lost" not in seen


def test_tests_to_take_and_results(client, who):
    french = school.skill(slug="french")
    passed, failed = (school.exam(french, length=2, title=title) for title in ("Easy", "Hard"))
    free = school.exam(french, length=1, title="Unpaid", price_units=0)
    half = school.exam(french, length=3, title="Half")
    over = school.exam(french, length=2, title="Over")
    school.sit(passed, who, right=2)
    school.sit(failed, who, right=0, wrong=2)
    school.sit(half, who, right=1)
    school.sit(over, who, right=1)
    projects.close(over)

    to_take, results = page(client).split("<h2>Results</h2>")

    assert f'href="/projects/{free.pk}/"' in to_take
    assert "not paid" in to_take
    assert "1 answer · 80&nbsp;% to pass" in to_take
    assert "1 of 3 answered" in to_take
    for title in ("Easy", "Hard", "Over"):
        assert title in results
        assert title not in to_take
    assert "Passed" in results
    assert "Not passed" in results
    assert "Not finished" in results
    assert "1 of 1 right" in results


def test_ones_own_tests_are_not_to_be_taken(client):
    french = school.skill()
    school.exam(french, title="Mine")
    client.force_login(french.owner)

    assert "Mine" not in page(client)


def test_what_a_requester_writes_stays_text(client, who):
    evil = "<script>alert(1)</script>"
    made = skills.create(house.requester(), slug="evil", title=evil)
    skills.grant(made, labeler=who)
    school.exam(made, title=evil)

    answer = client.get("/skills/")

    assert "<script>alert" not in answer.content.decode()
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_a_stranger_signs_in_first(client):
    assert client.get("/skills/")["Location"] == "/sign-in/?next=/skills/"


def test_an_admin_sees_grants_and_takes_one_back(client, who):
    admin = house.User.objects.create_superuser("root", password="quiet-river-42")
    french = school.skill(slug="french")
    grant = skills.grant(french, labeler=who)
    client.force_login(admin)

    assert client.get("/admin/labeling/skill/").status_code == 200
    assert client.get("/admin/labeling/grant/").status_code == 200
    assert client.get(f"/admin/labeling/grant/{grant.pk}/change/").status_code == 200
    client.post("/admin/labeling/grant/", {"action": "revoke", "_selected_action": [str(grant.pk)]})

    assert skills.values_of(who.pk) == {}
