"""A look at all answers, while others work on. It took minutes with the project's row locked."""

from threading import Event, Thread

import pytest
from django.db import connection

from labeling.handout import submissions
from labeling.judging import audits, quality
from labeling.models import Audit, Project
from labeling.orders import projects
from tests.labeling import house
from tests.races.money import JOIN_SECONDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def judged() -> Project:
    made = house.opened(tasks=2, overlap=2)
    for choices in (["Good", "Good"], ["Good", "Bad"]):
        who = house.labeler()
        for choice in choices:
            lease = house.take(made, who)
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()
    return made


@pytest.fixture
def slow(monkeypatch) -> tuple[Event, Event]:
    """A look that says when it compares, and goes on when it is told to."""
    comparing, go_on = Event(), Event()
    measure = audits._agreement

    def slowly(control, votes):
        comparing.set()
        assert go_on.wait(JOIN_SECONDS)
        return measure(control, votes)

    monkeypatch.setattr(audits, "_agreement", slowly)
    return comparing, go_on


def test_a_long_look_keeps_nobody_from_the_project(judged, slow):
    comparing, go_on = slow
    ends: list[object] = []
    look = Thread(target=lambda: ends.extend(at_once(audits.audit_some)), daemon=True)
    look.start()
    assert comparing.wait(JOIN_SECONDS)

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        projects.pause(judged)
        cursor.execute("RESET lock_timeout")
    assert audits.audit_some() == 0  # and nobody looks beside them

    assert not Audit.objects.exists()
    go_on.set()
    look.join(JOIN_SECONDS)
    assert ends == [1]
    assert Audit.objects.get().findings["mood"]["alpha"] == 0
