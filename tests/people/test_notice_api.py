"""/api/v1/notices/: told in facts and in words, marked as read, chosen."""

import pytest
from rest_framework.test import APIClient

from people import notices
from people.api.notices import Page
from people.models import Notice, User
from tests.people import house

pytestmark = pytest.mark.django_db
URL, READ, CHOICES = (f"/api/v1/notices/{path}" for path in ("", "read/", "preferences/"))
FACTS = {"amount": "1.50", "address": "0xa", "path": "/earnings/payouts/7/", "tx_hash": "0xb"}


@pytest.fixture
def ana():
    return house.joined()


@pytest.fixture
def api(ana):
    client = APIClient()
    client.force_authenticate(ana)
    return client


def told(user: User, number: int = 1) -> Notice:
    notices.tell(f"person:{user.pk}", "paid", FACTS, key=f"paid:{number}")
    return Notice.objects.get(user=user, key=f"paid:{number}")


def test_a_notice_has_facts_and_words(api, ana):
    one = told(ana)

    answer = api.get(URL).json()

    (row,) = answer["results"]
    assert (answer["unread"], answer["count"], answer["next"]) == (1, 1, None)
    assert row["facts"] == FACTS
    assert (row["id"], row["kind"], row["is_read"]) == (one.pk, "paid", False)
    assert row["title"] == "1.50\u00a0tUSD arrived in your wallet"
    assert row["path"] == FACTS["path"]
    assert set(row) == {
        *("id", "kind", "title", "text", "path", "facts", "links", "at"),
        "is_read",
        "read_at",
    }


def test_what_the_mail_alone_may_say_is_not_told_here(api, ana):
    private = {"path": "/confirm/abc/"}
    facts = {"old": "0xa", "new": "0xb", "from": "2026-05-01T12:00:00+00:00", "path": "/w/"}
    notices.tell(f"person:{ana.pk}", "wallet_changed", facts, key="wallet:1", private=private)

    assert "/confirm/abc/" not in api.get(URL).content.decode()


def test_notices_are_marked_as_read(api, ana):
    one, two, three = (told(ana, number) for number in range(3))

    first = api.post(READ, {"ids": [one.pk, one.pk]}).json()
    until = api.post(READ, {"until": two.at.isoformat()}).json()
    rest = api.post(READ).json()

    assert first == {"read": 1, "unread": 2}
    assert until == {"read": 1, "unread": 1}
    assert rest == {"read": 1, "unread": 0}
    assert api.get(f"{URL}?unread=true").json()["results"] == []
    assert three.read_at is None


@pytest.mark.parametrize("unread", ["", "&unread=true"])
def test_no_notice_comes_twice_while_others_come(api, ana, monkeypatch, unread):
    monkeypatch.setattr(Page, "page_size", 2)
    first = [told(ana, number).pk for number in range(5)]
    if not unread:  # the newest may be read already
        api.post(READ, {"ids": first[-1:]})
    path, found, number = f"{URL}?page=1{unread}", [], 5

    while path:
        answer = api.get(path).json()
        found += [row["id"] for row in answer["results"]]
        path, number = answer["next"], number + 1
        told(ana, number)

    assert sorted(found) == first
    for wrong in ("0", "x", str(2**63)):
        assert api.get(f"{URL}?until={wrong}").status_code == 400


def test_who_marks_page_by_page_passes_none_by(api, ana, monkeypatch):
    monkeypatch.setattr(Page, "page_size", 2)
    all_ids = [told(ana, number).pk for number in range(5)]
    path, found = URL, []

    while path:
        answer = api.get(path).json()
        read = [row["id"] for row in answer["results"]]
        api.post(READ, {"ids": read})
        found, path = found + read, answer["next"]

    assert found == all_ids[::-1]
    assert notices.unread_count(ana) == 0


@pytest.mark.parametrize(
    "body", [{"ids": ["x"]}, {"ids": [0]}, {"until": "soon"}, {"ids": [2**63]}]
)
def test_what_is_malformed_marks_nothing(api, ana, body):
    told(ana)

    answer = api.post(READ, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert notices.unread_count(ana) == 1


def test_anybody_elses_are_neither_shown_nor_marked(api, ana):
    bob = house.joined("bob")
    theirs = told(bob)

    assert api.get(URL).json()["results"] == []
    assert api.post(READ, {"ids": [theirs.pk]}).json()["read"] == 0
    assert api.post(READ).json()["read"] == 0
    assert notices.unread_count(bob) == 1


def test_choices_are_read_and_changed(api, ana):
    before = api.get(CHOICES).json()
    after = api.patch(CHOICES, {"kind": "paid", "mail": False}).json()

    ana.refresh_from_db()
    assert [one["kind"] for one in before if one["always"]] == ["wallet_changed"]
    assert all(one["page"] and one["mail"] for one in before)
    (paid,) = [one for one in after if one["kind"] == "paid"]
    assert paid == {"kind": "paid", "page": True, "mail": False, "always": False}
    assert ana.muted == ["mail:paid"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "wallet_changed", "mail": False}, 409, "always_told"),
        ({"kind": "gossip", "mail": False}, 400, "validation_failed"),
        ({"mail": False}, 400, "validation_failed"),
    ],
)
def test_what_cannot_be_chosen_is_refused(api, ana, body, status, code):
    answer = api.patch(CHOICES, body)

    ana.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ana.muted == []


@pytest.mark.parametrize("url", [URL, CHOICES])
def test_strangers_are_told_nothing(url):
    assert APIClient().get(url).status_code == 401
