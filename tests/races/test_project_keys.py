"""One project that is asked for twice at once. Without the constraint there are two."""

from functools import partial

import pytest

from labeling.errors import InvalidSettings
from labeling.models import Project
from labeling.orders import projects
from payments import escrow
from payments.errors import KeyReused
from payments.models import Purse
from tests.labeling import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)


def ask_at_once(monkeypatch, *changes):
    """The ends of these wishes under one key; both have looked for the key when they go on."""
    owner = house.requester()
    money.meet_before(monkeypatch, projects, "_saved")
    wanted = {"title": "Moods", "config": house.CHOICES, "price_units": 50_000, "key": "k"}
    return money.at_once(*(partial(projects.create, owner, **{**wanted, **one}) for one in changes))


def test_one_request_sent_twice_at_once_is_one_project(monkeypatch):
    first, second = ask_at_once(monkeypatch, {}, {})

    assert first == second
    assert first.purse_id == second.purse_id == Project.objects.get().purse_id
    assert Purse.objects.count() == 1


def test_another_project_under_the_same_key_is_refused(monkeypatch):
    ends = ask_at_once(monkeypatch, {}, {"price_units": 60_000})

    assert {type(end) for end in ends} == {Project, KeyReused}
    assert Project.objects.count() == Purse.objects.count() == 1


def test_who_comes_after_one_that_failed_makes_the_project(monkeypatch):
    """The first has saved its row and then fails: the second waits for its end, and is the one."""
    original, tries = escrow.open_purse, []

    def once(holder):
        tries.append(holder)
        if len(tries) == 1:
            raise InvalidSettings("A failure behind the row.")
        return original(holder)

    monkeypatch.setattr(escrow, "open_purse", once)
    ends = ask_at_once(monkeypatch, {}, {})

    assert {type(end) for end in ends} == {Project, InvalidSettings}
    assert Project.objects.get().purse_id


def test_without_the_constraint_there_are_two(monkeypatch):
    with money.without("labeling_project", "owner_id, key"):
        first, second = ask_at_once(monkeypatch, {}, {})

        assert first.pk != second.pk
        Project.objects.all().delete()
