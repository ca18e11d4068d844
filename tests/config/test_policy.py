"""Every page says what a browser may load and run on it."""

import pytest
from django.test import Client
from django.urls import get_resolver

from people.models import User
from people.security import TOOL_PATHS
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
            if not address.startswith(TOOL_PATHS):
                assert "unsafe" not in policy, address
                assert "http" not in policy, address
                assert "*" not in policy, address

    assert pages > 50
