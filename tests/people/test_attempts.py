"""Wrong passwords are counted, at every door."""

import pytest
from django.core.cache import cache

from people.attempts import WRONG_PASSWORDS_LIMIT
from people.models import User

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "not-this-one", "quiet-river-42"


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


def sign_in(client, path, password, *, address="10.0.0.1"):
    form = {"username": "amina", "password": password}
    return client.post(path, form, REMOTE_ADDR=address)


@pytest.mark.parametrize("path", ["/sign-in/", "/admin/login/"])
def test_too_many_wrong_passwords_close_the_door_for_a_while(client, path):
    User.objects.create_superuser("amina", password=RIGHT)

    for _ in range(WRONG_PASSWORDS_LIMIT):
        sign_in(client, path, WRONG)
    barred = sign_in(client, path, RIGHT)

    assert barred.status_code == 200
    assert "Too many wrong passwords" in barred.content.decode()
    assert "_auth_user_id" not in client.session


def test_nobody_locks_out_somebody_elsewhere(client):
    User.objects.create_user("amina", password=RIGHT)

    for _ in range(WRONG_PASSWORDS_LIMIT):
        sign_in(client, "/sign-in/", WRONG, address="10.0.0.66")
    answer = sign_in(client, "/sign-in/", RIGHT, address="10.0.0.1")

    assert answer.status_code == 302


def test_the_admins_door_is_for_admins(client):
    User.objects.create_user("amina", password=RIGHT)

    answer = sign_in(client, "/admin/login/", RIGHT)

    assert "This account is no admin" in answer.content.decode()
    assert "_auth_user_id" not in client.session
