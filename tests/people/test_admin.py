"""People in the admin: seen by admins alone."""

import pytest
from django.test import Client

from people import tokens
from people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="quiet-river-42"))
    return client


@pytest.mark.parametrize("path", ["", "people/user/", "people/user/add/", "people/apitoken/"])
def test_an_admin_sees_people(admin, path):
    assert admin.get(f"/admin/{path}").status_code == 200


def test_an_admin_opens_a_person_and_revokes_a_token(admin):
    ana = User.objects.create_user("ana", password="quiet-river-42")
    tokens.issue(ana, name="laptop")
    digest = ana.api_tokens.get().pk

    assert admin.get(f"/admin/people/user/{ana.pk}/change/").status_code == 200
    assert admin.get("/admin/people/apitoken/add/").status_code == 403
    admin.post(f"/admin/people/apitoken/{digest}/delete/", {"post": "yes"})
    assert ana.api_tokens.count() == 0


def test_others_do_not():
    client = Client()
    client.force_login(User.objects.create_user("ana", password="quiet-river-42"))

    assert client.get("/admin/people/user/").status_code == 302
