"""The demo that a first start brings."""

import pytest

from launcher import seed
from people.models import User

pytestmark = pytest.mark.django_db


def test_accounts_are_made_once(tmp_path):
    first = seed.accounts(tmp_path)
    second = seed.accounts(tmp_path)

    assert first == second
    assert User.objects.count() == len(seed.CAST)
    assert (tmp_path / "accounts.json").stat().st_mode & 0o077 == 0


def test_tokens_and_passwords_open(tmp_path, client):
    for row in seed.accounts(tmp_path):
        assert client.login(username=row["username"], password=row["password"])
        answer = client.get(
            "/api/v1/statement/", headers={"Authorization": f"Token {row['token']}"}
        )
        assert answer.status_code == 200


def test_lost_record_changes_nobodys_password(tmp_path):
    seed.accounts(tmp_path)
    user = User.objects.get(username="requester")
    user.set_password("my own secret")
    user.save()
    (tmp_path / "accounts.json").unlink()

    seed.accounts(tmp_path)

    user.refresh_from_db()
    assert user.check_password("my own secret")


def test_admin_has_a_password_of_its_own(tmp_path):
    admin = seed.accounts(tmp_path)[0]

    assert admin["role"] == "admin"
    assert admin["password"] != seed.PASSWORD
