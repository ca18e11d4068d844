"""Who is told of a project's money."""

import pytest

from labeling import notices
from people import notices as letters
from tests.labeling import house

pytestmark = pytest.mark.django_db


def test_the_owner_is_told_of_a_project_and_a_person_of_themselves(monkeypatch):
    told = []
    monkeypatch.setattr(letters, "tell", lambda holder, kind, facts: told.append(holder))
    made = house.opened()

    for holder in (f"project:{made.pk}", "person:7", "house", "project:999999"):
        notices.tell(holder, "wallet_changed", {})

    assert told == [f"person:{made.owner_id}", "person:7", "house", "person:None"]
