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


def test_links_can_be_read_in_the_dark(settings):
    night, ink = "#111827", settings.UNFOLD["COLORS"]["primary"]["500"]

    assert (_light(ink) + 0.05) / (_light(night) + 0.05) > 4.5


def _light(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
