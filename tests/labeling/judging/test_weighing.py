"""Judged tasks are weighed again a few at a time, by the answers that stand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.judging import audits, labels, scores, weighing
from labeling.models import Audit, Case, Project
from labeling.review import cases
from tests.labeling import house
from tests.labeling.judging.test_audits import answered
from tests.labeling.judging.test_final_rejections import reject

pytestmark = pytest.mark.django_db


def rejected(*rows: str) -> Project:
    """A judged project, a row a labeler, whose answers are all finally rejected after the first
    look."""
    made = answered(*rows, review=Project.Review.MANUAL)
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


def test_a_decision_that_the_last_look_did_not_see_is_weighed_however_old_it_is():
    made = rejected("G")
    now = timezone.now()
    Audit.objects.update(made_at=now - timedelta(hours=1))
    Case.objects.update(decided_at=now - timedelta(hours=2))  # and committed after that look

    assert audits.audit_some() == 1

    assert labels_of(made) == [""]
    assert not weighing.waiting().exists()


def test_who_dies_between_two_batches_of_cases_goes_on_with_the_second(monkeypatch):
    made = rejected("G", "B")
    monkeypatch.setattr(weighing, "CASES_A_BATCH", 1)
    with monkeypatch.context() as patched:
        dies_at(patched, weighing, "_again", call=2)
        with pytest.raises(SystemExit):
            audits.audit_some()
    assert weighing.waiting().count() == 1

    assert audits.audit_some() == 1

    assert not weighing.waiting().exists()
    assert labels_of(made) == [""]


def test_a_decision_that_is_another_by_the_time_it_is_weighed_is_weighed_again(monkeypatch):
    made = rejected("G")
    write, decided = weighing._write, []

    def overturned(tasks):
        write(tasks)
        if not decided:
            decided.append(cases.overturn(Case.objects.get().pk, judge=made.owner))

    monkeypatch.setattr(weighing, "_write", overturned)
    audits.audit_some()

    assert labels_of(made) == ["one_coin"]
    assert Case.objects.get().is_weighed


def test_what_is_finally_rejected_while_labels_are_fitted_is_not_fitted(monkeypatch):
    made = answered("GG", "BB", "GG", review=Project.Review.MANUAL, aggregation="dawid_skene")
    house.fund(made, amount_units=1_000_000)
    first, second = made.tasks.order_by("id")
    fitted = labels.fitted

    def late(*arguments):
        found = fitted(*arguments)
        reject(made, first.submissions.order_by("id").first().pk)
        return found

    monkeypatch.setattr(labels, "fitted", late)
    audits.of_project(made)

    assert labels_of(made) == ["one_coin", "dawid_skene"]
    monkeypatch.undo()
    audits.of_project(made)
    assert labels_of(made) == ["dawid_skene", "dawid_skene"]
    first.refresh_from_db()
    assert first.confidence != second.confidence
