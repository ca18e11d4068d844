"""The admin's sidebar leads everywhere, once, and tells nobody of what they may not see."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import RequestFactory
from django.urls import reverse

from config import sidebar
from people.models import User

pytestmark = pytest.mark.django_db


def links(user: User) -> list[str]:
    request = RequestFactory().get("/admin/")
    request.user = user
    return [item["link"] for group in sidebar.navigation(request) for item in group["items"]]


def page(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_every_table_is_there_once():
    found = links(User(is_staff=True, is_superuser=True))

    assert sorted(found) == sorted([reverse("admin:index"), *map(page, admin.site._registry)])


def test_what_is_placed_by_name_exists():
    known = {model._meta.label_lower for model in admin.site._registry}
    placed = [name for signs in sidebar.GROUPS.values() for name in signs]

    assert set(placed) <= known
    assert len(placed) == len(set(placed))


def test_staff_find_what_they_may_look_at():
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_payout"))

    found = links(User.objects.get(pk=clerk.pk))

    assert found == [reverse("admin:index"), reverse("admin:payments_payout_changelist")]


def test_the_admin_has_a_style_of_its_own(client):
    client.force_login(User.objects.create_superuser("root"))

    page = client.get(reverse("admin:index")).content.decode()

    assert "payments/admin" in page
    assert "config.sidebar" not in page
