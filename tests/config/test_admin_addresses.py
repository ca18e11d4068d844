"""Addresses of the admin that name no row: they are answered, whatever stands in them."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from people.models import User

pytestmark = pytest.mark.django_db
NO_IDS = ["abc", "0", str(2**70), "00000000-0000-0000-0000-000000000000"]


def names() -> list[str]:
    """Of everything that an admin can be asked to do with one row."""
    found = [pattern.name for one in admin.site._registry.values() for pattern in one.get_urls()]
    return sorted(name for name in found if name)


@pytest.fixture
def client() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_there_are_such_addresses():
    assert "payments_correction_approve" in names()


@pytest.mark.parametrize("no_id", NO_IDS)
def test_an_address_of_no_row_is_refused(client, no_id):
    failed, asked_count = [], 0
    for name in names():
        try:
            address = reverse(f"admin:{name}", args=[no_id])
        except NoReverseMatch:
            continue  # of the list, not of a row
        asked_count += 1
        if client.get(address).status_code not in (302, 403, 404):
            failed.append(name)

    assert failed == []
    assert asked_count > 50
