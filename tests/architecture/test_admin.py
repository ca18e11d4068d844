"""The admin shows every model, and money is read there, never written."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory

from people.models import User

ROOMS = ["people", "labeling", "payments"]


@pytest.mark.parametrize("room", ROOMS)
def test_every_model_is_shown(room):
    models = apps.get_app_config(room).get_models()

    hidden = [model.__name__ for model in models if not admin.site.is_registered(model)]

    assert hidden == []


def test_money_is_read_only():
    request = RequestFactory().get("/admin/")
    request.user = User(is_staff=True, is_superuser=True)

    for model in apps.get_app_config("payments").get_models():
        shown = admin.site.get_model_admin(model)
        allowed = [
            shown.has_add_permission(request),
            shown.has_change_permission(request),
            shown.has_delete_permission(request),
        ]
        assert allowed == [False, False, False], model.__name__


def test_amounts_are_decimals_in_every_form():
    request = RequestFactory().get("/admin/")
    request.user = User(is_staff=True, is_superuser=True)
    rooms = ["payments", "labeling"]
    shown = [model for room in rooms for model in apps.get_app_config(room).get_models()]

    for model in shown:
        names = admin.site.get_model_admin(model).get_fields(request)
        assert [name for name in names if str(name).endswith("_units")] == [], model.__name__
