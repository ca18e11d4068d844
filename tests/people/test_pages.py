"""Join, sign in, account: what a person sees and what changes."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from people.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "quiet-river-42"


@pytest.fixture
def client():
    cache.clear()
    return Client()


@pytest.fixture
def ana(client):
    user = User.objects.create_user("ana", password=PASSWORD)
    client.force_login(user)
    return user


def join(client, **changes):
    fields = {"username": "ana", "password": PASSWORD, "is_labeler": "on"} | changes
    return client.post("/join/", fields)


def test_joining_signs_in_and_goes_where_the_person_was_going(client):
    answer = join(client, next="/projects/7/work/")

    user = User.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/projects/7/work/")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.is_labeler, user.is_requester, user.is_staff) == (True, False, False)
    assert re.fullmatch(r"L-[0-9a-f]{10}", user.pseudonym)
    assert user.check_password(PASSWORD)


def test_joining_never_leads_to_another_site(client):
    assert join(client, next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "Taken"}, "This name is taken."),
        ({"username": "<b>"}, "Enter a valid username."),
        ({"username": "x" * 41}, "at most 40 characters"),
        ({"password": "password"}, "too common"),
        ({"password": "short1"}, "too short"),
        ({"is_labeler": ""}, "Choose at least one"),
    ],
)
def test_bad_input_is_explained_and_makes_no_account(client, changes, sentence):
    User.objects.create_user("taken", password=PASSWORD)

    answer = join(client, **changes)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert User.objects.count() == 1


def test_joining_cannot_make_an_admin(client):
    join(client, is_staff="on", is_superuser="on")

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_signing_in_and_out(client):
    User.objects.create_user("ana", password=PASSWORD)

    wrong = client.post("/sign-in/", {"username": "ana", "password": "nope"})
    right = client.post("/sign-in/?next=/account/", {"username": "ana", "password": PASSWORD})
    account = client.get("/account/")
    client.post("/sign-out/")

    assert "The name or the password is wrong." in wrong.content.decode()
    assert right["Location"] == "/account/"
    assert account.status_code == 200
    assert client.get("/account/")["Location"] == "/sign-in/?next=/account/"


def test_one_person_combines_roles_but_keeps_at_least_one(client, ana):
    client.post("/account/", {"is_labeler": "on", "is_requester": "on"})
    ana.refresh_from_db()
    both = (ana.is_labeler, ana.is_requester)
    refused = client.post("/account/", {})
    ana.refresh_from_db()

    assert both == (ana.is_labeler, ana.is_requester) == (True, True)
    assert "Choose at least one" in refused.content.decode()


def test_a_token_is_shown_once_and_can_be_revoked(client, ana):
    page = client.post("/account/tokens/", {"name": "<b>laptop</b>"}).content.decode()
    key = re.search(r'value="([0-9a-f]{64})"', page)[1]
    later = client.get("/account/").content.decode()
    client.post(f"/account/tokens/{key[:15]}/revoke/")

    assert "&lt;b&gt;laptop&lt;/b&gt;" in later
    assert key not in later
    assert ana.api_tokens.count() == 0


def test_changing_the_password(client, ana):
    fields = {"old_password": PASSWORD, "new_password1": "loud-hill-77"}
    answer = client.post("/account/password/", fields | {"new_password2": "loud-hill-77"})

    ana.refresh_from_db()
    assert answer["Location"] == "/account/"
    assert ana.check_password("loud-hill-77")


@pytest.mark.parametrize("path", ["/join/", "/sign-in/", "/account/", "/account/password/"])
def test_pages_carry_a_policy_without_inline_code(client, path):
    if path.startswith("/account"):
        client.force_login(User.objects.create_user("ana", password=PASSWORD))

    answer = client.get(path)

    policy = answer["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page)


def test_a_form_from_another_site_is_refused():
    strict = Client(enforce_csrf_checks=True)

    assert join(strict).status_code == 403
    assert User.objects.count() == 0
