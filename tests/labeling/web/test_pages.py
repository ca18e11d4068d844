"""The labeler's pages, without their script."""

import pytest

from labeling.orders import projects
from tests.labeling import house

pytestmark = pytest.mark.django_db


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_visitor_sees_what_there_is(client):
    house.opened(tasks=1, title="Moods of the week")
    house.project(title="Not ready")

    seen = page(client, "/")

    assert "Moods of the week" in seen
    assert "0.05" in seen
    assert "Not ready" not in seen


def test_an_empty_house_says_so(client):
    assert "/join/" in page(client, "/")


def test_an_offer_says_what_it_asks_and_pays(client):
    made = house.opened(tasks=1, instructions="Read it twice.", lease_minutes=7)

    seen = page(client, f"/projects/{made.pk}/")

    assert "Read it twice." in seen
    assert "7\u00a0min" in seen
    assert f"/join/?next=/projects/{made.pk}/work/" in seen


@pytest.mark.parametrize("path", ["/projects/0/", "/projects/0/work/"])
def test_what_is_not_there_is_not_found(client, path):
    client.force_login(house.labeler())

    assert client.get(path).status_code == 404


def test_a_draft_is_nobodys_business(client):
    assert client.get(f"/projects/{house.project().pk}/").status_code == 404


def test_what_is_done_is_not_offered(client):
    made = house.opened(tasks=1)
    projects.close(made)
    client.force_login(house.labeler())

    assert "Closed" in page(client, f"/projects/{made.pk}/")


def test_work_needs_a_labeler(client):
    made = house.opened(tasks=1)
    path = f"/projects/{made.pk}/work/"
    assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"

    who = house.labeler()
    who.is_labeler = False
    who.save()
    client.force_login(who)

    assert client.get(path).headers["Location"] == f"/projects/{made.pk}/"


def test_what_a_requester_writes_stays_text(client):
    evil = "<script>alert(1)</script>"
    config = house.CHOICES.replace("Good", "&lt;/script&gt;&lt;script&gt;alert(2)")
    made = house.opened(tasks=1, title=evil, instructions=evil, config=config)
    client.force_login(house.labeler())

    for path in ("/", f"/projects/{made.pk}/", f"/projects/{made.pk}/work/"):
        answer = client.get(path)
        seen = answer.content.decode()
        assert "<script>alert" not in seen
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
