"""What people say of themselves: through the API and on the account page."""

import re

import pytest
from rest_framework.test import APIClient

from people import codes, profiles
from people.models import User

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


@pytest.fixture
def ana():
    return User.objects.create_user("ana", password="quiet-river-42")


@pytest.fixture
def api(ana):
    client = APIClient()
    client.force_authenticate(ana)
    return client


def said(user):
    user.refresh_from_db()
    return user.country, user.languages, user.is_agent


def test_nothing_is_said_at_first(api):
    told = api.get(ME).json()

    assert (told["country"], told["languages"], told["is_agent"]) == ("", [], False)


def test_people_say_where_they_are_and_what_they_speak(api, ana):
    answer = api.patch(ME, {"country": "sn", "languages": ["FR", "wo", "fr"]}, format="json")

    assert (answer.status_code, answer.json()["country"]) == (200, "SN")
    assert said(ana) == ("SN", ["fr", "wo"], False)


def test_what_is_left_out_stays_and_what_is_emptied_goes(api, ana):
    profiles.change(ana, country="SN", languages=["fr"])

    api.patch(ME, {"is_agent": True}, format="json")
    first = said(ana)
    api.patch(ME, {"country": "", "languages": []}, format="json")

    assert first == ("SN", ["fr"], True)
    assert said(ana) == ("", [], True)


@pytest.mark.parametrize(
    ("body", "code", "data"),
    [
        ({"country": "XX"}, "unknown_country", {"country": "XX"}),
        ({"country": "Senegal", "is_agent": True}, "unknown_country", {"country": "Senegal"}),
        ({"languages": ["fr", "fra", "sh"]}, "unknown_language", {"languages": ["fra", "sh"]}),
        ({"languages": sorted(codes.LANGUAGES)[:21]}, "too_many_languages", {"limit": 20}),
        ({"languages": "fr"}, "validation_failed", None),
        ({"is_agent": "perhaps"}, "validation_failed", None),
    ],
)
def test_what_is_no_code_is_refused_and_changes_nothing(api, ana, body, code, data):
    answer = api.patch(ME, body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert data is None or answer.json()["data"] == data
    assert said(ana) == ("", [], False)


def test_roles_and_names_are_not_changed_here(api, ana):
    api.patch(ME, {"username": "root", "is_admin": True, "is_staff": True}, format="json")

    ana.refresh_from_db()
    assert (ana.username, ana.is_staff) == ("ana", False)


def test_a_stranger_says_nothing():
    assert APIClient().patch(ME, {"country": "SN"}, format="json").status_code == 401


def test_the_codes_are_those_of_the_standards():
    assert (len(codes.COUNTRIES), len(codes.LANGUAGES)) == (249, 183)
    assert all(re.fullmatch("[A-Z]{2}", code) for code in codes.COUNTRIES)
    assert all(re.fullmatch("[a-z]{2}", code) for code in codes.LANGUAGES)
    assert (codes.COUNTRIES["CI"], codes.LANGUAGES["wo"]) == ("Côte d’Ivoire", "Wolof")
    assert all(
        name.strip() == name for names in (codes.COUNTRIES, codes.LANGUAGES) for name in names
    )


def test_the_account_page_keeps_what_was_chosen(client, ana):
    client.force_login(ana)

    answer = client.post(
        "/account/profile/",
        {"country": "SN", "languages": ["wo", "", "fr", "wo"], "is_agent": "on"},
    )
    page = client.get("/account/").content.decode()

    assert answer["Location"] == "/account/"
    assert said(ana) == ("SN", ["wo", "fr"], True)
    assert '<option value="SN" selected>Senegal</option>' in page
    assert page.count('name="languages"') == 4
    assert page.count('<option value="wo" selected>Wolof</option>') == 1


def test_the_account_page_refuses_what_is_no_choice(client, ana):
    client.force_login(ana)

    answers = [
        client.post("/account/profile/", fields)
        for fields in (
            {"country": "XX"},
            {"languages": ["fr", "<b>"]},
            {"languages": sorted(codes.LANGUAGES)[:21]},
        )
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert "more languages than one person may name" in answers[2].content.decode()
    assert "<b>" not in answers[1].content.decode()
    assert said(ana) == ("", [], False)


def test_joining_asks_for_none_of_it(client):
    page = client.get("/join/").content.decode()

    assert 'name="country"' not in page
    assert 'name="languages"' not in page
