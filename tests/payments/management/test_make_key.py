"""`make_key`: a key that only its file and its password know."""

import stat
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from payments.chain import signer
from payments.management.commands import make_key

PASSWORD = "a quiet river"


@pytest.fixture
def password(tmp_path):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    return tmp_path / "password"


def make(*words) -> str:
    said = StringIO()
    call_command("make_key", *map(str, words), stdout=said)
    return said.getvalue().strip()


def test_the_file_opens_with_its_password_and_is_its_owners_alone(tmp_path, password):
    address = make(tmp_path / "payer.json", "--password-file", password)

    opened = signer.opened(str(tmp_path / "payer.json"), PASSWORD)
    assert opened.address == address
    assert stat.S_IMODE((tmp_path / "payer.json").stat().st_mode) == 0o600
    assert opened.key.hex() not in (tmp_path / "payer.json").read_text()


def test_another_file_is_never_replaced(tmp_path, password):
    (tmp_path / "payer.json").write_text("mine")

    with pytest.raises(CommandError, match="File exists"):
        make(tmp_path / "payer.json", "--password-file", password)

    assert (tmp_path / "payer.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("typed", "words"),
    [(["short", "short"], "at least 12"), ([PASSWORD, "another river"], "not the same")],
)
def test_a_password_that_does_not_guard_makes_no_key(tmp_path, monkeypatch, typed, words):
    monkeypatch.setattr(make_key, "getpass", lambda prompt: typed.pop(0))

    with pytest.raises(CommandError, match=words):
        make(tmp_path / "payer.json")

    assert not (tmp_path / "payer.json").exists()
