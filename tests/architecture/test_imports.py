"""Which room may know which: import-linter's contracts, and what a process really loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from launcher import roles
from people.models import User

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_rooms_import_only_what_they_may():
    found = run(str(Path(sys.executable).parent / "lint-imports"))

    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-1000:]


def address_of_database() -> str:
    now = connection.settings_dict
    return f"postgres://{now['USER']}:{now['PASSWORD']}@{now['HOST']}:{now['PORT']}/{now['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_web_process_never_loads_the_room_of_the_chain():
    """Whatever is asked of it. `web3` itself comes in through siwe alone (docs/adr/0008)."""
    User.objects.create_superuser("root", is_labeler=True)

    hosts = {"STIPEND_HOSTS": "testserver"}
    words = [sys.executable, "-m", "tests.architecture.every_page"]
    found = run(*words, DATABASE_URL=address_of_database(), **hosts)

    assert found.returncode == 0, found.stderr[-3000:]
    told = json.loads(found.stdout.splitlines()[-1])
    assert {"/", "/earnings/", "/admin/payments/payout/", "/api/v1/statement/"} <= {*told["asked"]}
    for names in (told["first"], told["last"]):
        assert [one for one in names if one.startswith("payments.")] == []
        assert "siwe" in names or "web3" not in names


def test_web_process_holds_no_key(monkeypatch, tmp_path):
    """What the supervisor and a container give the web process (docs/adr/0008)."""
    for name in roles.SECRETS:
        monkeypatch.setenv(name, "open sesame")

    given = roles.environment(tmp_path, {})

    assert [name for name, value in given.items() if value == "open sesame"] == []
    code = "from django.conf import settings; print([settings.PAYER_KEYSTORE, "
    code += "settings.PAYER_KEYSTORE_PASSWORD])"
    words = [sys.executable, "-c", code]
    web = {**given, "DJANGO_SETTINGS_MODULE": "config.settings"}
    said = subprocess.run(words, cwd=ROOT, env=web, capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == "['', '']", said.stderr[-2000:]
