"""Every page says what a browser may load and run on it."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from people.models import User
from people.security import TOOLS
from tests.architecture.every_page import addresses

pytestmark = pytest.mark.django_db


def test_every_page_has_a_policy_and_ours_are_strict():
    stranger, admin = Client(), Client()
    admin.force_login(User.objects.create_superuser("root", is_requester=True))
    found = sorted(set(addresses(get_resolver().url_patterns)))
    pages = 0

    for client in (stranger, admin):
        for address in found:
            answer = client.get(address)
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                continue
            pages += 1
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src" in policy, address
            assert not scripts_in(answer.content.decode()), address
            assert "http" not in policy, address
            assert "*" not in policy, address
            assert ("unsafe" in policy) == address.startswith(tuple(TOOLS)), address
            evaluated = {"'unsafe-eval'"} if address.startswith("/admin/") else set()
            assert words(policy, "script-src") == {"'self'", *evaluated}, address

    assert pages > 50


def words(policy: str, name: str) -> set[str]:
    """What the directive of this name allows."""
    directives = (one.split() for one in policy.split(";"))
    return next(set(allowed) for first, *allowed in directives if first == name)


def scripts_in(page: str) -> list[str]:
    """Scripts and handlers that stand in the page itself: no policy of ours lets them run."""
    opened = re.findall(r"<script\b[^>]*>", page)
    inline = [one for one in opened if "src=" not in one and "application/json" not in one]
    return inline + re.findall(r"<[^>]*\son[a-z]+=[^>]*>", page)


@pytest.mark.parametrize(
    "page", ["<script>x()</script>", '<script type="module">x()</script>', "<p onclick='x()'>"]
)
def test_a_script_in_a_page_is_seen(page):
    assert scripts_in(page)
