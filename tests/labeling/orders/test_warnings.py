"""What requesters hear of their projects, in the API's answer."""

import pytest
from rest_framework.test import APIClient

from tests.labeling import house

pytestmark = pytest.mark.django_db
LOST = (
    "The page has no hotkey ctrl+1, space: one is a letter from a to z or a digit, and no two are "
    "the same. Each choice shows the key that it has."
)


def test_hotkeys_that_the_page_does_not_have_are_named():
    client = APIClient()
    client.force_authenticate(house.requester())
    config = house.CHOICES.replace('value="Good"', 'value="Good" hotkey="ctrl+1"')
    config = config.replace('value="Bad"', 'value="Bad" hotkey="space"')
    assert "ctrl+1" in config

    made = client.post("/api/v1/projects/", {"title": "t", "config": config, "price": "0.05"})

    assert made.status_code == 201, made.json()
    assert made.json()["warnings"] == [LOST]
    again = client.get(f"/api/v1/projects/{made.json()['id']}/")
    assert again.json()["warnings"] == [LOST]
