"""A load that is not open yet is taken back in the admin, behind a question."""

import pytest
from django.test import Client

from labeling.data import imports
from labeling.models import Load
from people.models import User
from tests.labeling import house

pytestmark = pytest.mark.django_db
LIST = "/admin/labeling/load/"
ASKED = {"_form_submitted": "True"}


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_what_waits_is_dropped_and_what_is_open_has_no_button(admin):
    made = house.opened()
    opened = Load.objects.get()
    wrong = imports.load(made, rows=[{"text": "wrong"}]).load

    assert (
        f"{LIST}{opened.pk}/drop/" not in admin.get(f"{LIST}{opened.pk}/change/").content.decode()
    )
    assert f"{LIST}{wrong.pk}/drop/" in admin.get(f"{LIST}{wrong.pk}/change/").content.decode()
    assert admin.post(f"{LIST}{opened.pk}/drop/", ASKED).status_code == 403
    answer = admin.post(f"{LIST}{wrong.pk}/drop/", ASKED, follow=True).content.decode()

    assert "Dropped." in answer
    assert Load.objects.get(pk=wrong.pk).state == "DROPPED"
    assert made.tasks.count() == 1
