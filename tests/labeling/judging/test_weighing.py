"""Judged tasks are weighed again a few at a time, by the answers that stand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.judging import audits, labels, scores, weighing
from labeling.models import Audit, Case, Project
from labeling.review import cases
from tests.labeling import house
from tests.labeling.judging.test_audits import answered

pytestmark = pytest.mark.django_db


def rejected(letters: str, **options) -> Project:
    """A judged project of one answer a task, all finally rejected after the first look."""
    made = answered(letters, review=Project.Review.MANUAL, **options)
    house.fund(made, amount_units=1_000_000)
    audits.of_project(made)
    Audit.objects.update(made_at=timezone.now() - timedelta(hours=1))
    ids = list(made.submissions.values_list("id", flat=True))
    cases.open_cases(made, ids, reason="wrong", note="No.", judge=made.owner)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()
    return made


def labels_of(made: Project) -> list[str]:
    """What made the consensus of each task; nothing where there is none."""
    return list(made.tasks.order_by("id").values_list("consensus_by", flat=True))


def dies_at(monkeypatch, room, name: str, *, call: int) -> None:
    """This function of a room fails when it is called so often."""
    original, calls = getattr(room, name), []

    def dying(*arguments):
        calls.append(arguments)
        if len(calls) == call:
            raise SystemExit
        return original(*arguments)

    monkeypatch.setattr(room, name, dying)


def test_who_dies_between_two_chunks_has_weighed_the_first_and_the_next_look_goes_on(monkeypatch):
    made = rejected("GGG")
    monkeypatch.setattr(weighing, "TASKS_A_CHUNK", 2)
    with monkeypatch.context() as patched:
        dies_at(patched, scores, "renew", call=2)
        with pytest.raises(SystemExit):
            audits.audit_some()
    assert labels_of(made) == ["", "", "one_coin"]

    assert audits.audit_some() == 1

    assert labels_of(made) == ["", "", ""]


def test_who_dies_between_two_chunks_of_labels_has_written_the_first_and_the_next_look_goes_on(
    monkeypatch,
):
    made = answered("GGB", "GGB", "GBB", aggregation="dawid_skene")
    monkeypatch.setattr(labels, "TASKS_A_CHUNK", 2)
    with monkeypatch.context() as patched:
        dies_at(patched, scores, "renew", call=2)
        with pytest.raises(SystemExit):
            audits.audit_some()
    assert labels_of(made) == ["dawid_skene", "dawid_skene", "one_coin"]

    assert audits.audit_some() == 1

    assert labels_of(made) == ["dawid_skene"] * 3
