"""The pages of notices, the count in the head of every page, and a mail's link."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from people import choices, notices
from people.models import Notice, User
from tests.people import house

pytestmark = pytest.mark.django_db
LIST, CHOICES = "/account/notices/", "/account/notices/choices/"


@pytest.fixture
def ana(client):
    user = house.joined()
    client.force_login(user)
    return user


def told(user: User, number: int = 1) -> Notice:
    facts = {
        "project": "<b>Moods</b>",
        "count": 2,
        "reason": "The answer is wrong.",
        "note": "Look again.",
        "until": "2026-11-29T12:00:00+00:00",
        "path": "/cases/7/",
    }
    notices.tell(f"person:{user.pk}", "rejected", facts, key=f"rejected:{number}")
    return Notice.objects.get(user=user, key=f"rejected:{number}")


def seen(client: Client, path: str = LIST) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_notice_says_what_why_and_until_when(client, ana):
    one = told(ana)

    page = seen(client)

    assert "2 answers rejected" in page
    assert "&lt;b&gt;Moods&lt;/b&gt;: The answer is wrong. Look again." in page
    assert "You can appeal until 29 Nov 2026, 12:00 UTC." in page
    assert f'href="/account/notices/{one.pk}/"' in page


def test_it_speaks_the_readers_language(client, ana):
    told(ana)
    User.objects.update(language="es")

    assert "La respuesta es incorrecta" in seen(client)


def test_the_head_of_every_page_counts_the_unread(client, ana):
    assert 'aria-label="Notices"' in seen(client, "/account/")
    for number in range(3):
        told(ana, number)

    assert 'aria-label="3 new notices"' in seen(client, "/account/")
    assert "notices" not in Client().get("/").content.decode()


def test_to_open_one_is_to_read_it(client, ana):
    one = told(ana)

    answer = client.get(f"/account/notices/{one.pk}/")

    assert answer["Location"] == "/cases/7/"
    assert notices.unread_count(ana) == 0


def test_one_and_all_are_marked_as_read(client, ana):
    for number in range(3):
        told(ana, number)

    back = client.post(f"/account/notices/{Notice.objects.last().pk}/read/", {"next": LIST})
    left = notices.unread_count(ana)
    until = re.search(r'name="until" value="([^"]+)"', seen(client))[1]
    late = told(ana, 9)
    client.post("/account/notices/read/", {"until": until})

    assert (back["Location"], left) == (LIST, 2)
    assert [one.pk for one in notices.of(ana).filter(read_at=None)] == [late.pk]


@pytest.mark.parametrize("until", ["", "soon", "2026-11-26", "2026-13-99T00:00:00Z"])
def test_a_malformed_moment_marks_nothing(client, ana, until):
    told(ana)

    client.post("/account/notices/read/", {"until": until})

    assert notices.unread_count(ana) == 1


def test_without_any_it_says_what_will_be_here(client, ana):
    page = seen(client)

    assert "Nothing yet." in page
    assert "Mark all as read" not in page


def test_a_long_list_has_pages(client, ana):
    for number in range(21):
        told(ana, number)

    assert "1 of 2" in seen(client)
    assert seen(client, f"{LIST}?page=2").count("2 answers rejected") == 1


def test_anybody_elses_is_not_found_and_stays_unread(client, ana):
    bob = house.joined("bob")
    theirs = told(bob)

    assert client.get(f"/account/notices/{theirs.pk}/").status_code == 404
    client.post(f"/account/notices/{theirs.pk}/read/")

    assert "rejected" not in seen(client)
    assert notices.unread_count(bob) == 1


def test_they_are_for_who_has_signed_in(client):
    for path in (LIST, CHOICES, f"{LIST}1/"):
        assert client.get(path)["Location"].startswith("/sign-in/")


def test_choices_are_kept_and_safety_is_none(client, ana):
    page = seen(client, CHOICES)
    answer = client.post(CHOICES, {"paid-mail": "on", "accepted-page": "on"})

    ana.refresh_from_db()
    assert answer["Location"] == CHOICES
    assert "so you are always told" in page
    assert 'name="wallet_changed' not in page
    unwanted = {"page:paid", "mail:accepted", "mail:rejected", "page:returned"}
    assert unwanted <= {*ana.muted}
    assert not {"mail:paid", "page:accepted", "mail:wallet_changed"} & {*ana.muted}
    assert seen(client, CHOICES).count("checked") == 2


# --- A mail's link ------------------------------------------------------------------------------


def link(user: User, kind: str = "paid") -> str:
    return f"/notices/off/{choices.token(user, kind)}/"


def test_a_mails_link_asks_for_one_press_without_sign_in():
    ana, stranger = house.joined(), Client(enforce_csrf_checks=True)

    asked = stranger.get(link(ana))
    ana.refresh_from_db()
    before = ana.muted
    done = stranger.post(link(ana))

    ana.refresh_from_db()
    assert "Money arrived" in asked.content.decode()
    assert before == []
    assert "You get no more mails of this kind: Money arrived." in done.content.decode()
    assert ana.muted == ["mail:paid"]
    assert stranger.session.is_empty() if stranger.cookies.get("sessionid") else True


def test_a_mail_program_needs_one_post():
    ana = house.joined()
    body = "List-Unsubscribe=One-Click"
    sent = {"content_type": "application/x-www-form-urlencoded"}

    answer = Client(enforce_csrf_checks=True).post(link(ana), body, **sent)

    ana.refresh_from_db()
    assert (answer.status_code, ana.muted) == (200, ["mail:paid"])


@pytest.mark.parametrize("change", [lambda path: path[:-3] + "x/", lambda path: path + "x/"])
def test_a_wrong_link_changes_nothing(change):
    ana = house.joined()

    for send in (Client().get, Client().post):
        assert send(change(link(ana))).status_code == 404

    ana.refresh_from_db()
    assert ana.muted == []


def test_what_is_always_told_has_no_link():
    ana = house.joined(mail_proved_at=timezone.now())

    answer = Client().post(link(ana, "wallet_changed"))

    ana.refresh_from_db()
    assert (answer.status_code, ana.muted) == (404, [])
    assert "This link is not whole." in answer.content.decode()


@pytest.mark.parametrize(("amount", "is_told"), [("0.30", True), ("0.00", False)])
def test_a_rejection_that_stands_says_what_is_paid_all_the_same(client, ana, amount, is_told):
    facts = {"project": "100 % mine", "outcome": "UPHELD", "amount": amount, "path": "/cases/7/"}
    notices.tell(f"person:{ana.pk}", "appeal_decided", facts, key="decided:7")

    page = seen(client)

    assert "The jury found the rejection in “100 % mine” right." in page
    rest = "Some of the answers are accepted all the same: you are paid 0.30\u00a0tUSD."
    assert (rest in page) is is_told
