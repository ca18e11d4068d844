"""Which room may know which: import-linter's contracts, and what a process really loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

WEB_PROCESS = """
import json, sys
import config.wsgi
from django.test import Client
from django.urls import get_resolver
get_resolver().url_patterns
for address in ["/", "/healthz", "/earnings/", "/api/v1/schema/", "/api/v1/statement/", "/admin/"]:
    Client(raise_request_exception=True).get(address)
print(json.dumps(sorted(name for name in sys.modules if name.split(".")[0] in FORBIDDEN)))
"""


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
def test_web_process_loads_neither_web3_nor_the_signer():
    code = WEB_PROCESS.replace("FORBIDDEN", repr({"web3", "eth_account", "eth_keyfile"}))

    hosts = {"STIPEND_HOSTS": "testserver"}
    found = run(sys.executable, "-c", code, DATABASE_URL=address_of_database(), **hosts)

    assert found.returncode == 0, found.stderr[-3000:]
    assert json.loads(found.stdout.splitlines()[-1]) == []


def test_web_process_loads_no_room_of_the_chain():
    code = "import sys, config.wsgi, config.urls; print('payments.chain' in sys.modules)"

    found = run(sys.executable, "-c", code)

    assert found.stdout.strip() == "False", found.stderr[-2000:]
