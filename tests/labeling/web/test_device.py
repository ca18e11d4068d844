"""The service worker, the manifest and the page for times without connection."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db
TOLD = re.compile(r'^const BUILD="(\w{12})",OFFLINE=(\[.*?\]);\n')


def test_the_worker_says_its_build_and_keeps_a_strict_policy(client):
    answer = client.get("/sw.js")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; connect-src 'self'; script-src 'self'"
    )
    found = TOLD.match(answer.content.decode())
    assert found is not None
    page, *files = json.loads(found[2])
    assert page == "/offline/"
    assert all(finders.find(file.removeprefix("/static/")) for file in files)


def test_the_page_without_connection_is_the_same_for_everybody(client, django_user_model):
    stranger = client.get("/offline/").content

    assert b"No connection" in stranger
    assert b"There are no tasks on this device now." in stranger


def test_the_manifest_names_icons_that_are_there(client):
    answer = client.get("/manifest.webmanifest")

    said = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (said["start_url"], said["scope"], said["display"]) == ("/", "/", "standalone")
    for icon in said["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_who_asks_how_to_sign_out_stays_signed_in(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("amina"))

    asked = client.get("/sign-out/?unsent=2").content.decode()
    plain = client.get("/sign-out/?unsent=many").content.decode()

    assert "2 answers on this device could not be sent." in asked
    assert 'name="lose"' in asked
    assert 'name="lose"' not in plain
    assert client.get("/account/").status_code == 200


def test_signing_out_clears_the_device(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("amina"))

    answer = client.post("/sign-out/")

    assert answer["Location"] == "/?signed-out"
    assert answer["Clear-Site-Data"] == '"storage"'
    assert b"forget" in client.get("/?signed-out").content
    assert b"forget" not in client.get("/").content
