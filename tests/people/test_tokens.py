"""A program's key: shown once, kept hashed, one SELECT to check."""

import pytest
from django.test import Client
from django.utils import timezone
from knox.crypto import hash_token

from people import tokens
from people.errors import TooManyTokens
from people.models import ApiToken, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana", password="a long one 1")


def ask_me(key: str):
    return Client().get("/api/v1/me/", headers={"Authorization": f"Token {key}"})


def test_a_token_says_who_asks(ana):
    answer = ask_me(tokens.issue(ana, name="laptop"))

    assert answer.status_code == 200
    assert answer.json() == {
        "id": ana.pk,
        "username": "ana",
        "pseudonym": ana.pseudonym,
        "is_labeler": True,
        "is_requester": False,
        "is_admin": False,
        "country": "",
        "languages": [],
        "is_agent": False,
    }


def test_only_the_digest_is_kept(ana):
    key = tokens.issue(ana)

    kept = ApiToken.objects.get()
    assert kept.digest == hash_token(key)
    assert key not in {str(value) for value in vars(kept).values()}


def test_checking_a_token_takes_one_statement(ana, django_assert_num_queries):
    key = tokens.issue(ana)
    tokens.issue(ana)

    with django_assert_num_queries(1):
        ask_me(key)


@pytest.mark.parametrize("wrong", ["", "f" * 64, "né", "a b"])
def test_a_wrong_token_is_refused_with_a_code(ana, wrong):
    tokens.issue(ana)

    answer = ask_me(wrong)

    assert answer.status_code == 401
    assert answer.json()["code"] == "authentication_failed"
    assert answer["WWW-Authenticate"] == "Token"


def test_no_token_at_all_is_refused_with_a_code():
    answer = Client().get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_token_dies_with_its_account_its_time_or_its_revocation(ana):
    banned, expired, revoked, alive = (tokens.issue(ana) for _ in range(4))
    other = User.objects.create_user("ben", password="a long one 2")
    ApiToken.objects.filter(digest=hash_token(expired)).update(expiry=timezone.now())
    ApiToken.objects.filter(digest=hash_token(banned)).update(user=other)
    User.objects.filter(pk=other.pk).update(is_active=False)

    assert tokens.revoke(ana, token_key=revoked[:15])

    statuses = [ask_me(key).status_code for key in (banned, expired, revoked, alive)]
    assert statuses == [401, 401, 401, 200]


def test_nobody_revokes_the_token_of_another(ana):
    key = tokens.issue(ana)
    other = User.objects.create_user("ben", password="a long one 2")

    assert not tokens.revoke(other, token_key=key[:15])

    assert ask_me(key).status_code == 200


def test_an_account_may_hold_a_limited_number(ana, monkeypatch):
    monkeypatch.setattr(tokens, "TOKENS_LIMIT", 1)
    tokens.issue(ana)

    with pytest.raises(TooManyTokens):
        tokens.issue(ana)

    assert ana.api_tokens.count() == 1
