"""How a person signs in, changed on their own pages; and what admins need."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from people import letters, mails, two_step
from people.models import User
from tests.people import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    cache.clear()
    return house.joined(email="ana@example.org", mail_proved_at="2026-01-01T00:00:00Z")


@pytest.fixture
def client(ana):
    client = Client()
    house.sign_in(client)
    return client


def outbox() -> list[tuple[str, str]]:
    letters.carry()
    return [(one.to[0], one.body) for one in mail.outbox]


def grow_stale(client: Client) -> None:
    """As if the person had signed in an hour ago."""
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] -= 3600
    session.save()


PRIVATE = [
    *("/account/mail/", "/account/sign-in/", "/account/sign-in/app/"),
    *("/wallet/connect/", "/wallet/new/"),
]


@pytest.mark.parametrize("path", PRIVATE)
def test_what_a_thief_would_want_asks_who_is_there(client, path):
    fresh = client.get(path)
    grow_stale(client)
    stale = client.get(path)
    shown = client.post(stale["Location"], {"password": house.PASSWORD})

    assert fresh.status_code == 200
    assert stale["Location"].startswith("/account/confirm/?next=%2F")
    assert shown["Location"] == path
    assert client.get(path).status_code == 200


def test_a_wrong_password_confirms_nothing(client):
    grow_stale(client)
    refused = client.post("/account/confirm/", {"password": "nope"})

    assert "wrong" in refused.content.decode()
    assert client.get("/account/mail/").status_code == 302


def test_a_code_of_the_app_confirms(client, ana):
    secret, _codes = house.with_app(ana)
    grow_stale(client)
    wrong = client.post("/account/confirm/?next=/wallet/", {"code": "1"})
    right = client.post("/account/confirm/?next=/wallet/", {"code": house.app_code(secret)})

    assert "wrong or too old" in wrong.content.decode()
    assert right["Location"] == "/wallet/"


def test_who_has_no_password_confirms_by_what_they_have(client, ana):
    ana.set_unusable_password()
    ana.save()
    client.force_login(ana)
    mail_alone = client.get("/account/confirm/").content.decode()
    ana.wallets.create(address=house.key(3).address)
    wallet = client.get("/account/confirm/").content.decode()

    assert 'href="/sign-in/forgotten/">A new password' in mail_alone
    assert 'type="password"' not in mail_alone
    assert 'data-go="wallet"' not in mail_alone
    assert 'data-go="wallet"' in wallet
    assert house.key(3).address in wallet


def test_confirming_leads_to_no_other_site(client):
    answer = client.post(
        "/account/confirm/?next=https://evil.example/", {"password": house.PASSWORD}
    )

    assert answer["Location"] == "/account/"


def test_an_app_turns_the_second_step_on_and_codes_are_shown_once(client, ana):
    page = client.get("/account/sign-in/app/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
    wrong = client.post("/account/sign-in/app/", {"code": "000000"}).content.decode()
    ana.refresh_from_db()
    before = ana.two_step
    # a wrong code makes no new secret: the app has read this one
    done = client.post("/account/sign-in/app/", {"code": house.app_code(secret)}).content.decode()

    ana.refresh_from_db()
    codes = re.findall(r"<code>(\d{4} \d{4})</code>", done)
    assert secret in wrong
    assert (before, ana.two_step, len(codes)) == (False, True, 10)
    assert codes[0] not in client.get("/account/sign-in/").content.decode()
    assert "needs a second step" in outbox()[-1][1]


def test_turning_the_second_step_on_ends_the_sessions_that_have_shown_one(client, ana):
    house.sign_in(elsewhere := Client())
    page = client.get("/account/sign-in/app/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]

    client.post("/account/sign-in/app/", {"code": "000000"})
    before = elsewhere.get("/account/").status_code
    client.post("/account/sign-in/app/", {"code": house.app_code(secret)})

    assert before == 200
    assert elsewhere.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_secrets_of_apps_are_sealed_in_the_database(ana):
    secret, codes = house.with_app(ana)

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in kept
    assert codes[0] not in kept


def test_secrets_survive_a_change_of_the_secret_key(ana, settings):
    secret, _codes = house.with_app(ana)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one that is long enough to be one, surely"

    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP)

    assert kept.wrap().validate_code(house.app_code(secret)) is True


def test_new_codes_replace_the_old_ones(client, ana):
    _secret, old = house.with_app(ana)
    page = client.post("/account/sign-in/codes/").content.decode()

    new = [one.replace(" ", "") for one in re.findall(r"<code>(\d{4} \d{4})</code>", page)]
    assert len(new) == 10
    assert not set(new) & set(old)


def test_the_second_step_is_turned_off(client, ana):
    house.with_app(ana)
    client.post("/account/sign-in/off/")

    ana.refresh_from_db()
    house.sign_in(fresh := Client())
    assert ana.two_step is False
    assert Authenticator.objects.count() == 0
    assert house.is_signed_in(fresh)


def test_without_app_or_passkey_there_is_no_second_step(client, ana):
    client.post("/account/sign-in/on/")

    ana.refresh_from_db()
    assert ana.two_step is False


def test_another_mail_address_counts_once_it_is_proved_and_the_old_one_is_told(client, ana):
    client.post("/account/mail/", {"email": "new@example.org"})
    ana.refresh_from_db()
    before = ana.email
    code = outbox()[-1][1].splitlines()[0]
    page = client.post("/account/mail/code/", {"code": code}, follow=True).content.decode()

    ana.refresh_from_db()
    assert "was changed to new@example.org" in page
    assert (before, ana.email) == ("ana@example.org", "new@example.org")
    told = outbox()[-1]
    assert told[0] == "ana@example.org"
    assert "new@example.org" in told[1]
    assert "If this was not you" in told[1]


def test_an_address_that_somebody_else_has_proved_is_refused(client, ana):
    ben = house.joined("ben", email="ben@example.org", mail_proved_at="2026-01-01T00:00:00Z")
    client.post("/account/mail/", {"email": "BEN@example.org"})
    code = outbox()[-1][1].splitlines()[0]

    answer = client.post("/account/mail/code/", {"code": code})

    ana.refresh_from_db()
    assert "proved by another account" in answer.content.decode()
    assert ana.email == "ana@example.org"
    assert User.objects.with_proved_mail("ben@example.org").get() == ben


def test_a_code_proves_the_address_of_nobody_else(ana):
    ben = house.joined("ben")
    asked = mails.ask_proof(ana, "new@example.org")
    code = outbox()[-1][1].splitlines()[0]

    with pytest.raises(mails.WrongCode):
        mails.prove(ben, str(asked.pk), code)

    ben.refresh_from_db()
    assert ben.email == ""


def test_a_mail_address_can_be_forgotten_and_is_told(client, ana):
    client.post("/account/mail/forget/")

    ana.refresh_from_db()
    assert (ana.email, ana.mail_proved_at) == ("", None)
    address, said = outbox()[-1]
    assert address == "ana@example.org"
    assert "taken off your Stipend account" in said
    assert "If this was not you" in said


def test_the_only_way_in_is_not_forgotten(client, ana):
    ana.set_unusable_password()
    ana.save()
    client.force_login(ana)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mail", "at": time.time()}]
    session["account_authentication_methods_user"] = str(ana.pk)
    session.save()

    answer = client.post("/account/mail/forget/", follow=True)

    ana.refresh_from_db()
    assert "only way to sign in" in answer.content.decode()
    assert ana.email == "ana@example.org"
    assert outbox() == []


def test_changing_the_password_ends_the_other_sessions_and_is_told_by_mail(client, ana):
    house.sign_in(elsewhere := Client())
    fields = {"old_password": house.PASSWORD, "new_password1": "loud-hill-77"}
    client.post("/account/password/", fields | {"new_password2": "loud-hill-77"})

    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert "password of your account was changed" in outbox()[-1][1]


def test_sessions_are_listed_and_ended_one_by_one(ana):
    here, there, far = Client(), Client(), Client()
    agents = {here: "X (Android 11) Chrome/90", there: "X (Windows NT 10) Firefox/99", far: ""}
    for one, agent in agents.items():
        fields = {"username": "ana", "password": house.PASSWORD}
        one.post("/sign-in/", fields, HTTP_USER_AGENT=agent)

    page = here.get("/account/sessions/").content.decode()
    first = re.findall(r"/account/sessions/(\d+)/end/", page)[-1]
    here.post(f"/account/sessions/{first}/end/")
    states = [one.get("/account/").status_code for one in (here, there, far)]
    here.post("/account/sessions/others/")

    assert "Chrome, Android" in page
    assert "Firefox, Windows" in page
    assert states == [200, 302, 200]
    assert far.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_nobody_ends_the_sessions_of_another(client, ana):
    house.joined("ben")
    house.sign_in(ben := Client(), "ben")
    page = client.get("/account/sessions/").content.decode()
    assert "/end/" not in page
    for number in range(1, 50):
        ben.post(f"/account/sessions/{number}/end/")

    assert client.get("/account/").status_code == 200


@pytest.fixture
def root(settings):
    cache.clear()
    settings.STIPEND_ADMIN_TWO_FACTOR = True
    return User.objects.create_superuser("root", password=house.PASSWORD)


def test_an_admin_without_a_second_step_is_asked_to_set_one_up(root):
    client = Client()
    client.post("/admin/login/", {"username": "root", "password": house.PASSWORD})

    asked = client.get("/admin/people/user/")
    page = client.get(asked["Location"]).content.decode()
    secret_page = client.get("/account/sign-in/app/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', secret_page)[1]
    client.post("/account/sign-in/app/", {"code": house.app_code(secret)})

    assert asked["Location"] == "/account/sign-in/?next=%2Fadmin%2Fpeople%2Fuser%2F"
    assert "Admins need a second step" in page
    assert client.get("/admin/people/user/").status_code == 200


def test_the_admins_door_asks_for_the_second_step(root, settings):
    secret, _codes = house.with_app(root)
    settings.STIPEND_ADMIN_TWO_FACTOR = False
    client = Client()

    form = {"username": "root", "password": house.PASSWORD}
    first = client.post("/admin/login/?next=/admin/people/user/", form)
    halfway = client.get("/admin/people/user/")
    client.post(first["Location"], {"code": house.app_code(secret)})

    assert first["Location"] == "/sign-in/second-step/"
    assert halfway.status_code == 302
    assert client.get("/admin/people/user/").status_code == 200


def test_an_admin_with_a_second_step_shows_it_before_the_admin(root):
    client = Client()
    house.sign_in(client, "root")
    secret = house.with_app(root)[0]

    asked = client.get("/admin/")
    done = client.post(asked["Location"], {"code": house.app_code(secret)})

    assert asked["Location"] == "/account/confirm/?next=%2Fadmin%2F"
    assert done["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_an_admin_helps_who_lost_their_phone(root, ana, settings):
    settings.STIPEND_ADMIN_TWO_FACTOR = False
    house.with_app(ana)
    client = Client()
    house.sign_in(client, "root")
    for one in Authenticator.objects.all():
        page = client.get(f"/admin/mfa/authenticator/{one.pk}/change/").content.decode()
        assert "secret" not in page
        client.post(f"/admin/mfa/authenticator/{one.pk}/delete/", {"post": "yes"})

    house.sign_in(fresh := Client())

    assert not two_step.has_app(ana)
    assert house.is_signed_in(fresh)


@pytest.mark.parametrize(
    "path",
    [*PRIVATE, "/account/confirm/", "/account/sessions/", "/account/mail/code/", "/wallet/"],
)
def test_every_page_is_strict(client, path):
    answer = client.get(path)

    policy, page = answer["Content-Security-Policy"], answer.content.decode()
    assert answer.status_code == 200
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page)
    assert "no-cache" in answer["Cache-Control"]
    if path.startswith("/wallet/"):
        assert "http:" not in policy
