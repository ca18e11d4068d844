"""POST /api/v1/tokens/: from a name and a password to a key."""

import pytest
from django.core.cache import cache
from django.test import Client

from people import attempts, tokens
from people.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/tokens/"
GOOD = {"username": "ana", "password": "a long one 1"}


@pytest.fixture(autouse=True)
def ana():
    cache.clear()
    return User.objects.create_user("ana", password="a long one 1")


def post(body: dict[str, str]):
    return Client().post(URL, body, content_type="application/json")


def test_a_name_and_a_password_give_a_token_that_works():
    answer = post(GOOD | {"name": "laptop"})

    assert answer.status_code == 201
    assert answer.json()["name"] == "laptop"
    headers = {"Authorization": f"Token {answer.json()['token']}"}
    assert Client().get("/api/v1/me/", headers=headers).json()["username"] == "ana"


def test_a_name_that_is_no_setting_is_refused(ana):
    headers = {"Authorization": f"Token {tokens.issue(ana, name='laptop')}"}
    body = {"country": "SN", "pseudonym": "somebody"}

    answer = Client().patch("/api/v1/me/", body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert answer.json()["data"] == {"pseudonym": ["There is no setting pseudonym."]}
    assert User.objects.get().country == ""


def test_a_wrong_password_gives_none(ana):
    answer = post(GOOD | {"password": "another one"})

    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
    assert ana.api_tokens.count() == 0


def test_a_banned_person_gets_none(ana):
    User.objects.filter(pk=ana.pk).update(is_active=False)

    assert post(GOOD).json()["code"] == "wrong_password"


def test_a_missing_field_is_named():
    answer = post({"username": "ana"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_failed"
    assert list(answer.json()["data"]) == ["password"]


def test_after_too_many_wrong_passwords_even_the_right_one_waits(monkeypatch, ana):
    monkeypatch.setattr(attempts, "WRONG_PASSWORDS_LIMIT", 2)
    for _ in range(2):
        post(GOOD | {"password": "guess"})

    answer = post(GOOD)

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert answer["Retry-After"] == "300"
    assert ana.api_tokens.count() == 0


def test_without_redis_people_still_sign_in_and_guesses_are_still_counted(settings, monkeypatch):
    backend, location = "config.caches.RedisElseMemory", "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location}}
    monkeypatch.setattr(attempts, "WRONG_PASSWORDS_LIMIT", 2)

    wrong = [post(GOOD | {"password": "guess"}).status_code for _ in range(2)]

    assert wrong == [401, 401]
    assert post(GOOD | {"username": "ANA"}).status_code == 429
    monkeypatch.setattr(attempts, "WRONG_PASSWORDS_LIMIT", 3)
    assert post(GOOD).status_code == 201
