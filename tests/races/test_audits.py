"""A look at all answers, while others work on. It took minutes with the project's row locked."""

from threading import Event, Thread

import pytest
from django.db import connection
from django.utils import timezone

from labeling.handout import submissions
from labeling.judging import audits, quality, scores, weighing
from labeling.models import Audit, Case, Project
from labeling.orders import projects
from labeling.review import cases, reviews
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

    def slowly(control, votes, **options):
        comparing.set()
        assert go_on.wait(JOIN_SECONDS)
        return measure(control, votes, **options)

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


@pytest.fixture
def half_rejected() -> Project:
    """Two judged tasks, one of two answers to each finally rejected, the other undecided."""
    made = house.opened(tasks=2, overlap=2, review=Project.Review.MANUAL)
    house.fund(made, amount_units=1_000_000)
    for who in (house.labeler(), house.labeler()):
        for _ in range(2):
            lease = house.take(made, who)
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()
    ids = list(who.submissions.values_list("id", flat=True))
    cases.open_cases(made, ids, reason="wrong", note="No.", judge=made.owner)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()
    return made


def accepted_while_weighing(made: Project, monkeypatch) -> object:
    """How an answer is accepted whose task was weighed before the one that is being weighed."""
    first, second = made.tasks.order_by("id")
    weighed, go_on, renew = Event(), Event(), scores.renew

    def slowly(config, right_of):
        renew(config, right_of)
        if second.pk in right_of:
            weighed.set()
            assert go_on.wait(JOIN_SECONDS)

    monkeypatch.setattr(scores, "renew", slowly)
    look = Thread(target=lambda: at_once(audits.audit_some), daemon=True)
    look.start()
    assert weighed.wait(JOIN_SECONDS)

    def accept():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        return reviews.accept(first.submissions.undecided().get().pk, reviewer=made.owner).state

    (end,) = at_once(accept)
    go_on.set()
    look.join(JOIN_SECONDS)
    assert Audit.objects.exists()
    return end


def test_who_weighs_many_tasks_again_keeps_nobody_from_those_that_are_done(
    half_rejected, monkeypatch
):
    monkeypatch.setattr(weighing, "TASKS_A_CHUNK", 1)

    assert accepted_while_weighing(half_rejected, monkeypatch) == "ACCEPTED"


def test_in_one_transaction_they_would_wait_for_all_of_them(half_rejected, monkeypatch):
    end = accepted_while_weighing(half_rejected, monkeypatch)

    assert "lock timeout" in str(end)
