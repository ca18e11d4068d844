"""Verdicts that meet others: silence, an appeal, the end of its time, a requester who thinks again,
and the brake of a requester who rejects in two projects at once.

Each twin takes the lock away, and shows what it is there for.
"""

from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from labeling.errors import CaseDecided, RejectionsFrozen
from labeling.judging import quality
from labeling.models import Case, Standing, Submission
from labeling.review import appeals, cases, standings
from tests.labeling import house
from tests.labeling.review.test_cases import (
    SEAT,
    answered,
    earned,
    juror,
    purse,
    reject,
    staked,
    state_of,
)
from tests.races.money import JOIN_SECONDS, PATIENCE_SECONDS, at_once, meet_after

pytestmark = pytest.mark.django_db(transaction=True)


class Meanwhile:
    """A call that somebody else makes right after a function of a room was called first; it waits
    for the locks that are held there."""

    def __init__(self, monkeypatch: Any, room: Any, name: str, call: Any) -> None:
        self.end: Any = None
        self._call = call
        self._thread = Thread(target=self._run, daemon=True)
        original = getattr(room, name)

        def late(*arguments: Any, **options: Any) -> Any:
            result = original(*arguments, **options)
            if self._thread.ident is None:
                self._thread.start()
                self._thread.join(PATIENCE_SECONDS)
            return result

        monkeypatch.setattr(room, name, late)

    def _run(self) -> None:
        try:
            self.end = self._call()
        except Exception as error:
            self.end = error
        finally:
            connections.close_all()

    def over(self) -> Any:
        """What it returned or raised."""
        self._thread.join(JOIN_SECONDS)
        assert not self._thread.is_alive(), "It never ended."
        return self.end


# --- Silence ----------------------------------------------------------------------------------


def rejected_in_the_last_moment(monkeypatch):
    """An answer is rejected in time, and its time is over before that is written."""
    made, who = answered(funds=5 * SEAT)
    monkeypatch.setattr(cases, "_is_silent", lambda one: False)

    Submission.objects.update(decide_until=timezone.now())
    silence = partial(quality._accept_silent, made.pk)
    meanwhile = Meanwhile(monkeypatch, cases, "_check", silence)
    case = reject(made)
    return who, case, meanwhile.over()


def test_what_is_being_rejected_is_not_silently_accepted(monkeypatch):
    who, case, accepted = rejected_in_the_last_moment(monkeypatch)

    assert (accepted, Submission.objects.get().state) == (0, "REJECTED")
    assert (state_of(case), earned(who)) == ("STANDING", 0)
    assert quality._accept_silent(case.project_id) == 0


@pytest.mark.broken_book
def test_without_the_lock_it_is_paid_and_rejected(monkeypatch):
    def unlocked(project, ids):
        return list(Submission.objects.filter(pk__in=ids, project_id=project.pk))

    monkeypatch.setattr(cases, "_locked", unlocked)

    who, _, accepted = rejected_in_the_last_moment(monkeypatch)

    assert (accepted, Submission.objects.get().state) == (1, "REJECTED")
    assert earned(who) == house.PRICE_UNITS


# --- The end of an appeal's time --------------------------------------------------------------


def unlocked_case(case_id):
    return Case.objects.select_related("project").get(pk=case_id)


def appealed_in_the_last_moment(monkeypatch):
    """An appeal comes in time, and the time is over before it is written."""
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    monkeypatch.setattr(cases, "_due", lambda: Case.objects.filter(state="STANDING"))
    meanwhile = Meanwhile(monkeypatch, cases, "lock", cases.lapse)
    (appealed,) = at_once(lambda: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right."))
    return made, appealed, meanwhile.over()


def test_an_appeal_that_came_in_time_stands(monkeypatch):
    made, appealed, lapsed = appealed_in_the_last_moment(monkeypatch)

    assert (appealed.state, lapsed) == ("APPEALED", 0)
    assert (Case.objects.get().state, Submission.objects.get().state) == ("APPEALED", "APPEALED")
    assert purse(made) == (0, house.COST_UNITS + 5 * SEAT)


def test_without_the_lock_it_is_lost(monkeypatch):
    monkeypatch.setattr(cases, "lock", unlocked_case)

    _, refused, lapsed = appealed_in_the_last_moment(monkeypatch)

    assert isinstance(refused, CaseDecided)
    assert (lapsed, Submission.objects.get().state) == (1, "FORFEITED")


# --- Thinking again while somebody appeals ----------------------------------------------------


def taken_back_while_appealed(monkeypatch):
    """Somebody who has earned something appeals when the requester is about to pay."""
    made, who = answered(funds=5 * SEAT)
    juror(made, who)
    case = reject(made)
    meanwhile = Meanwhile(
        monkeypatch,
        cases,
        "lock",
        lambda: appeals.appeal(case.pk, labeler_id=who.pk, note="It is right."),
    )
    cases.overturn(case.pk, judge=made.owner)
    return who, case, meanwhile.over()


def test_what_is_taken_back_costs_no_stake(monkeypatch):
    who, case, appealed = taken_back_while_appealed(monkeypatch)

    assert isinstance(appealed, CaseDecided)
    assert (state_of(case), staked(who)) == ("OVERTURNED", 0)
    assert earned(who) == 2 * house.PRICE_UNITS


def test_without_the_lock_the_stake_is_lost(monkeypatch):
    monkeypatch.setattr(cases, "lock", unlocked_case)

    who, case, appealed = taken_back_while_appealed(monkeypatch)

    assert isinstance(appealed, Case)
    assert (state_of(case), staked(who)) == ("OVERTURNED", house.PRICE_UNITS)


# --- The brake --------------------------------------------------------------------------------


def rejected_in_two_projects(monkeypatch, settings):
    """Two rejections each in two projects of one requester, of whom two are let through."""
    settings.STIPEND_BRAKE_REJECTIONS = 2
    made, _ = answered(tasks=2, funds=15 * SEAT)
    other, _ = answered(tasks=2, funds=15 * SEAT, owner=made.owner)
    standings.freeze(made.owner_id, why="It was.")
    standings.thaw(Standing.objects.get(), admin=made.owner)
    meet_after(monkeypatch, standings, "_decided")
    return at_once(lambda: reject(made), lambda: reject(other))


def test_rejections_in_two_projects_at_once_are_counted_together(monkeypatch, settings):
    ends = rejected_in_two_projects(monkeypatch, settings)

    assert {type(end) for end in ends} == {Case, RejectionsFrozen}
    assert Standing.objects.get().why == "4 of 4 answers rejected within a day."
    assert Submission.objects.filter(state="REJECTED").count() == 2


def test_without_the_lock_each_counts_its_own(monkeypatch, settings):
    monkeypatch.setattr(
        standings, "_locked", lambda requester_id: Standing.objects.get(requester=requester_id)
    )

    ends = rejected_in_two_projects(monkeypatch, settings)

    assert {type(end) for end in ends} == {Case}
    assert Submission.objects.filter(state="REJECTED").count() == 4
