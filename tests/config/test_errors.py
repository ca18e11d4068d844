"""Whatever goes wrong, a program gets a code, a sentence and data."""

import pytest
from django.test import RequestFactory
from rest_framework.test import APIClient

from config import errors
from people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    client = APIClient()
    client.force_authenticate(User.objects.create_user("ana", is_requester=True))
    return client


def shape(answer):
    assert set(answer.json()) == {"code", "message", "data"}
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("get", "/api/v1/nothing/", (404, "not_found")),
        ("get", "/api/v1/projects/abc/", (404, "not_found")),
        ("get", f"/api/v1/projects/{10**19}/", (404, "not_found")),
        ("post", f"/api/v1/projects/{10**19}/next/", (404, "not_found")),
        ("post", f"/api/v1/assignments/{10**18 - 1}/submit/", (400, "malformed_answer")),
        ("put", "/api/v1/projects/", (405, "method_not_allowed")),
        ("get", "/api/v1/projects/?page=0", (404, "not_found")),
    ],
)
def test_every_wrong_address_is_answered_alike(api, method, path, expected):
    assert shape(getattr(api, method)(path)) == expected


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", "application/json", (400, "parse_error")),
        (b"\xff", "application/json", (400, "parse_error")),
        (b"[" * 100_000, "application/json", (400, "parse_error")),
        (b"null", "application/json", (400, "validation_failed")),
        (b'{"review": "\\ud83d"}', "application/json", (400, "parse_error")),
        (b'{"overlap": NaN}', "application/json", (400, "parse_error")),
        (b"x", "text/plain", (415, "unsupported_media_type")),
        (b"x", "multipart/form-data", (400, "parse_error")),
    ],
)
def test_every_wrong_body_is_answered_alike(api, body, kind, expected):
    assert shape(api.generic("POST", "/api/v1/projects/", body, content_type=kind)) == expected


def test_a_body_too_large_is_refused_unread(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = api.post("/api/v1/projects/", {"title": "x" * 100})

    assert shape(answer) == (413, "file_too_large")


def test_a_mistake_of_ours_tells_nothing():
    for path, kind in (("/api/v1/me/", "application/json"), ("/earnings/", "text/html")):
        try:
            raise RuntimeError("secret")
        except RuntimeError:
            answer = errors.failed(RequestFactory().get(path))

        assert answer.status_code == 500
        assert answer.headers["Content-Type"].startswith(kind)
        assert b"secret" not in answer.content


def test_pages_are_pages(client):
    answer = client.get("/nothing/")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "There is nothing here" in answer.content.decode()
