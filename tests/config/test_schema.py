"""The description of the API: valid, whole, and readable."""

import os

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

pytestmark = pytest.mark.django_db
PREFIX = "/api/v1"
PROMISED = {
    "/projects/": {"get", "post"},
    "/projects/{project_id}/tasks/": {"get", "post"},
    "/projects/{project_id}/open/": {"post"},
    "/projects/{project_id}/next/": {"post"},
    "/projects/{project_id}/export/": {"get"},
    "/assignments/{assignment_id}/submit/": {"post"},
    "/assignments/{assignment_id}/return/": {"post"},
    "/statement/": {"get"},
    "/payouts/": {"get", "post"},
}


def addresses() -> list[URLPattern]:
    """Every pattern below the prefix."""
    found: list[URLPattern] = []

    def walk(patterns, inside: bool) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns, inside or str(one.pattern) == "api/v1/")
            elif inside:
                found.append(one)

    walk(get_resolver().url_patterns, False)
    return found


def test_the_schema_is_valid_and_leaves_nothing_to_guess():
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)


def test_the_schema_has_every_address(client):
    paths = client.get(f"{PREFIX}/schema/", headers={"accept": "application/json"}).json()["paths"]

    assert len(paths) == len({str(one.pattern) for one in addresses()})
    for path, methods in PROMISED.items():
        assert methods <= paths[PREFIX + path].keys(), path


def test_every_operation_says_what_it_does_and_how_it_refuses(client):
    paths = client.get(f"{PREFIX}/schema/", headers={"accept": "application/json"}).json()["paths"]

    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            error = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert error == {"$ref": "#/components/schemas/Error"}


def test_the_page_of_the_schema_is_served(client):
    page = client.get(f"{PREFIX}/docs/")

    assert page.status_code == 200
    assert "swagger" in page.content.decode()
