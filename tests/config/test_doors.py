"""Programs and people come in by two doors, and a program notices nothing of it."""

import io
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils.module_loading import import_string

from config.doors import ProgramsHandler, doors
from people import tokens
from people.models import User
from tests.labeling import house

pytestmark = pytest.mark.django_db
PEOPLE, PROGRAMS = WSGIHandler(), ProgramsHandler()
HOOKS = {"process_view", "process_template_response", "process_exception"}


def ask(application, method, path, *, token=None, body=b"", **headers):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
    environ |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    if token is not None:
        environ["HTTP_AUTHORIZATION"] = f"Token {token}"
    setup_testing_defaults(environ)
    said = {}

    def start_response(status, found, exc_info=None):
        said.update(status=status, headers=dict(found))

    response = application(environ, start_response)
    said["body"] = b"".join(response)
    response.close()
    return said


@pytest.fixture(autouse=True)
def one_connection():
    """The test's own, which is not closed after a request, as with Django's client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def who():
    return house.labeler()


@pytest.fixture
def token(who):
    return tokens.issue(who, name="test")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/me/"),
        ("GET", "/api/v1/nothing/"),
        ("GET", "/api/v1/me"),
        ("PUT", "/api/v1/me/"),
        ("POST", "/api/v1/projects/"),
        ("POST", "/api/v1/assignments/1/submit/"),
        ("GET", "/api/v1/schema/"),
    ],
)
@pytest.mark.parametrize("language", ["", "es", "ar,en;q=0.5"])
def test_behind_both_doors_is_the_same(method, path, language, token):
    ways = [
        ask(door, method, path, token=token, body=b"{", accept_language=language)
        for door in (PEOPLE, PROGRAMS)
    ]

    for said in ways:
        said["headers"].pop("Vary", None)  # of a cookie, which a program has none of
    assert ways[0] == ways[1]


def test_the_page_about_the_api_needs_no_session(token):
    assert ask(PROGRAMS, "GET", "/api/v1/docs/", token=token)["status"] == "200 OK"


def test_a_wrong_token_is_refused_behind_both():
    ways = [ask(door, "GET", "/api/v1/me/", token="0" * 64) for door in (PEOPLE, PROGRAMS)]

    assert [said["status"] for said in ways] == ["401 Unauthorized"] * 2
    assert ways[0]["body"] == ways[1]["body"]


def test_the_language_of_one_program_is_not_the_next_one_s(token):
    spanish = ask(PROGRAMS, "PUT", "/api/v1/me/", token=token, accept_language="es")
    english = ask(PROGRAMS, "PUT", "/api/v1/me/", token=token)

    assert spanish["body"] != english["body"]
    assert english["headers"]["Content-Language"] == "en"


def test_a_task_is_taken_and_answered_by_the_programs_door(who, token):
    made = house.opened(tasks=1)

    taken = ask(PROGRAMS, "POST", f"/api/v1/projects/{made.pk}/next/", token=token)

    assert taken["status"] == "200 OK"


@pytest.mark.parametrize(
    ("path", "shown", "by"),
    [
        ("/api/v1/me/", "Token abc", "programs"),
        ("/api/v1/me/", "Basic abc", "people"),
        ("/api/v1/me/", None, "people"),
        ("/earnings/", "Token abc", "people"),
        ("/admin/", "Token abc", "people"),
        ("", "Token abc", "people"),
    ],
)
def test_the_door_is_the_api_s_with_a_token(path, shown, by):
    environ = {"PATH_INFO": path} | ({"HTTP_AUTHORIZATION": shown} if shown else {})
    application = doors(people=lambda *_: ["people"], programs=lambda *_: ["programs"])

    assert application(environ, lambda *_: None) == [by]


def test_the_programs_layers_are_among_all_in_their_order_and_only_wrap():
    layers = settings.STIPEND_PROGRAMS_MIDDLEWARE
    stand_in = {"django.middleware.locale.LocaleMiddleware": "people.languages.ReadersLanguage"}

    places = [settings.MIDDLEWARE.index(stand_in.get(path, path)) for path in layers]

    assert places == sorted(places)
    for path in layers:
        assert not HOOKS & set(dir(import_string(path)))


def test_nobody_gets_a_session_by_the_programs_door(token):
    user = User.objects.get()

    said = ask(PROGRAMS, "GET", "/api/v1/me/", token=token, cookie="sessionid=abc")

    assert user.username in said["body"].decode()
    assert "Set-Cookie" not in said["headers"]
