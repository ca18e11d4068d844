"""Whatever goes wrong, a person sees a page in their language that leads on."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory

from config import errors
from tests.people import house


def text(answer):
    return answer.content.decode()


def test_our_mistake_is_a_page_in_the_skin_without_a_database():
    request = RequestFactory().get("/earnings/", headers={"Accept-Language": "es"})

    answer = errors.failed(request)

    assert answer.status_code == 500
    assert '<html lang="es" dir="ltr">' in text(answer)
    assert "look.css" in text(answer) or "/static/look" in text(answer)
    assert "Algo salió mal aquí" in text(answer)


def test_our_mistake_is_told_in_the_language_that_was_known_before_it():
    request = RequestFactory().get("/earnings/", headers={"Accept-Language": "es"})
    request.LANGUAGE_CODE = "ar"

    assert 'dir="rtl"' in text(errors.failed(request))


def test_a_request_that_no_view_sees_is_answered_by_a_page_without_a_database():
    answer = errors.malformed(RequestFactory().get("/"), SuspiciousOperation())

    assert answer.status_code == 400
    assert "That could not be understood" in text(answer)


@pytest.mark.django_db
def test_what_is_somebody_elses_is_said_so():
    page, program = RequestFactory().get("/review/"), RequestFactory().get("/api/v1/nothing/")
    page.user = AnonymousUser()

    answer = errors.forbidden(page, PermissionDenied())
    told = errors.forbidden(program, PermissionDenied())

    assert (answer.status_code, told.status_code) == (403, 403)
    assert "This page is not for you" in text(answer)
    assert told.headers["Content-Type"] == "application/json"


@pytest.mark.django_db
def test_a_form_of_an_old_page_leads_back_to_that_page():
    house.joined("ana")
    house.sign_in(browser := Client(enforce_csrf_checks=True, headers={"host": "testserver"}))
    browser.cookies["csrftoken"] = "a" * 32

    back = "http://testserver/earnings/wallet/"
    answer = browser.post("/earnings/wallet/keep/", headers={"Referer": back})

    assert answer.status_code == 403
    assert "That was not sent" in text(answer)
    assert f'href="{back}"' in text(answer)


@pytest.mark.django_db
def test_a_program_in_a_page_is_told_that_its_token_is_of_another_sign_in():
    ana = house.joined("ana")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana)
    browser.cookies["csrftoken"] = "a" * 32

    answer = browser.post("/api/v1/projects/1/next/", headers={"X-CSRFToken": "b" * 32})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


@pytest.mark.django_db
def test_a_form_that_another_site_sends_leads_to_none_of_its_pages():
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = "a" * 32

    answer = browser.post("/sign-in/", headers={"Referer": "https://elsewhere.example/trap/"})

    assert "elsewhere.example" not in text(answer)
    assert 'role="button" href="/"' in text(answer)


@pytest.mark.django_db
def test_who_keeps_no_cookies_is_told_that_they_are_needed():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/")

    assert "keeps no cookies" in text(answer)


@pytest.mark.django_db
def test_an_address_that_takes_forms_only_is_no_blank_page(client):
    house.joined("ana")
    house.sign_in(client)

    answer = client.get("/account/mail/forget/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "There is nothing here" in text(answer)
