"""Joining and signing in: with a password, a second step, a code by mail."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from people import attempts, letters, two_step
from people.models import Letter, MailCode, User
from tests.people import house

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


@pytest.fixture
def ana():
    return house.joined()


def delivered() -> str:
    """The code in the last mail that went out."""
    letters.carry()
    return mail.outbox[-1].body.splitlines()[0]


def test_a_mail_address_is_optional_and_its_proof_blocks_nothing(client):
    fields = {"username": "ana", "password": house.PASSWORD, "is_labeler": "on"}
    client.post("/join/", fields | {"email": "Ana@example.org"})

    user = User.objects.get()
    assert (user.email, user.mail_proved_at) == ("Ana@example.org", None)
    assert client.get("/earnings/").status_code == 200
    answer = client.post("/account/mail/code/", {"code": delivered()})

    user.refresh_from_db()
    assert answer["Location"] == "/account/"
    assert user.mail_proved_at is not None
    assert "ana" in mail.outbox[0].body
    assert mail.outbox[0].to == ["Ana@example.org"]


def test_who_has_proved_a_mail_address_signs_in_by_it(client, ana):
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    house.sign_in(client, "ana@example.org")
    before = house.is_signed_in(client)
    User.objects.filter(pk=ana.pk).update(mail_proved_at="2026-01-01T00:00:00Z")
    house.sign_in(client, "ANA@example.org")

    assert (before, house.is_signed_in(client)) == (False, True)


def test_a_second_step_comes_after_the_password(client, ana):
    secret, codes = house.with_app(ana)

    first = client.post("/sign-in/?next=/account/", {"username": "ana", "password": house.PASSWORD})
    halfway = house.is_signed_in(client)
    wrong = client.post(first["Location"], {"code": "000000"})
    right = client.post(first["Location"], {"code": house.app_code(secret)})

    assert first["Location"] == "/sign-in/second-step/"
    assert halfway is False
    assert "Incorrect code" in wrong.content.decode()
    assert right["Location"] == "/account/"
    assert house.is_signed_in(client)
    assert len(codes) == 10


def test_a_code_of_the_app_opens_once(ana):
    secret, _codes = house.with_app(ana)
    code = house.app_code(secret)
    one, two = Client(), Client()
    for client in (one, two):
        house.sign_in(client)
        client.post("/sign-in/second-step/", {"code": code})

    assert (house.is_signed_in(one), house.is_signed_in(two)) == (True, False)


def test_a_code_for_emergencies_opens_once(ana):
    _secret, codes = house.with_app(ana)
    one, two = Client(), Client()
    for client in (one, two):
        house.sign_in(client)
        client.post("/sign-in/second-step/", {"code": f"{codes[0][:4]} {codes[0][4:]}"})

    assert (house.is_signed_in(one), house.is_signed_in(two)) == (True, False)
    assert two_step.codes_left(ana) == 9


def test_codes_cannot_be_guessed_for_long(client, ana):
    secret, _codes = house.with_app(ana)
    house.sign_in(client)
    for _ in range(5):
        client.post("/sign-in/second-step/", {"code": "000000"})

    client.post("/sign-in/second-step/", {"code": house.app_code(secret)})

    assert not house.is_signed_in(client)


def test_the_second_step_alone_is_no_way_in(client, ana):
    secret, _codes = house.with_app(ana)

    answer = client.post("/sign-in/second-step/", {"code": house.app_code(secret)})

    assert answer["Location"] == "/sign-in/"
    assert not house.is_signed_in(client)


def test_a_token_asks_for_the_second_step_as_well(client, ana):
    secret, _codes = house.with_app(ana)
    body = {"username": "ana", "password": house.PASSWORD}

    def ask(**more):
        return client.post("/api/v1/tokens/", body | more, content_type="application/json")

    answers = [ask(), ask(code="123"), ask(code=house.app_code(secret))]

    assert [one.status_code for one in answers] == [401, 400, 201]
    assert [one.json().get("code") for one in answers[:2]] == ["second_step_needed", "wrong_code"]
    assert ana.api_tokens.count() == 1


def test_a_forgotten_password_is_replaced_by_a_code_from_the_mail(client, ana):
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    elsewhere = Client()
    house.sign_in(elsewhere)

    asked = client.post("/sign-in/forgotten/", {"email": "ANA@example.org"})
    weak = client.post(asked["Location"], {"code": delivered(), "password": "password"})
    done = client.post(asked["Location"], {"code": delivered(), "password": "loud-hill-77"})

    ana.refresh_from_db()
    assert "too common" in weak.content.decode()
    assert done["Location"] == "/account/"
    assert ana.check_password("loud-hill-77")
    assert ana.mail_proved_at is not None
    assert house.is_signed_in(client)
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize("written", ["ANA@EXAMPLE.org", "mi\u212ae@example.org"])
def test_the_code_goes_to_the_address_that_the_account_has_however_it_is_written(
    client, ana, written
):
    kept = "Ana@example.org" if "ANA" in written else "mike@example.org"
    User.objects.filter(pk=ana.pk).update(email=kept)

    client.post("/sign-in/forgotten/", {"email": written})
    fields = {"code": delivered(), "password": "loud-hill-77"}
    client.post("/sign-in/new-password/", fields)

    ana.refresh_from_db()
    assert [one.to for one in mail.outbox] == [[kept]]
    assert ana.email == kept
    assert ana.check_password("loud-hill-77")


def test_the_code_from_the_mail_does_not_replace_the_second_step(client, ana):
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    house.with_app(ana)

    client.post("/sign-in/forgotten/", {"email": "ana@example.org"})
    fields = {"code": delivered(), "password": "loud-hill-77"}
    done = client.post("/sign-in/new-password/", fields)

    assert done["Location"] == "/sign-in/second-step/"
    assert not house.is_signed_in(client)


def test_nobody_learns_who_has_an_account(client, ana):
    answers = [
        client.post("/sign-in/forgotten/", {"email": one}, follow=True).content
        for one in ("ana@example.org", "nobody@example.org")
    ]
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    known = client.post("/sign-in/forgotten/", {"email": "ana@example.org"}, follow=True).content

    plain = [one.partition(b"<main")[2].partition(b"csrf")[0] for one in (*answers, known)]
    assert plain[0] == plain[1] == plain[2]
    assert Letter.objects.count() == 1


def test_a_code_belongs_to_the_browser_that_asked_and_bears_few_tries(client, ana):
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    client.post("/sign-in/forgotten/", {"email": "ana@example.org"})
    code = delivered()
    fields = {"code": code, "password": "loud-hill-77"}

    elsewhere = Client().post("/sign-in/new-password/", fields)
    for _ in range(5):
        client.post("/sign-in/new-password/", fields | {"code": "1"})
    late = client.post("/sign-in/new-password/", fields)

    assert "wrong or too old" in elsewhere.content.decode()
    assert "wrong or too old" in late.content.decode()
    assert MailCode.objects.get().tries_left == 0
    ana.refresh_from_db()
    assert ana.check_password(house.PASSWORD)


def test_a_code_grows_old(client, ana):
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    client.post("/sign-in/forgotten/", {"email": "ana@example.org"})
    MailCode.objects.update(expires_at="2026-01-01T00:00:00Z")

    late = client.post("/sign-in/new-password/", {"code": delivered(), "password": "loud-hill-77"})

    assert "wrong or too old" in late.content.decode()


def test_mails_to_one_address_are_limited(client):
    answers = [
        client.post("/sign-in/forgotten/", {"email": "ana@example.org"}).status_code
        for _ in range(attempts.MAILS_TO.count + 1)
    ]

    assert answers == [302] * attempts.MAILS_TO.count + [429]


def test_joining_is_limited_by_address(client, monkeypatch):
    monkeypatch.setattr(attempts, "JOINS", attempts.Limit("joins", count=1, seconds=600))
    fields = {"password": house.PASSWORD, "is_labeler": "on"}
    client.post("/join/", fields | {"username": "ana"})
    answer = Client().post("/join/", fields | {"username": "ben"})

    assert "too often" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_closed_account_lets_nobody_in_halfway(client, ana):
    secret, _codes = house.with_app(ana)
    house.sign_in(client)
    User.objects.filter(pk=ana.pk).update(is_active=False)

    client.post("/sign-in/second-step/", {"code": house.app_code(secret)})

    assert client.get("/account/").status_code == 302
