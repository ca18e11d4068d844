"""What the workshop does about a person who leaves, and what it tells them that it keeps."""

import json

import pytest

from labeling import departures, dossiers, jobs
from labeling.handout import reports, submissions
from labeling.judging import quality
from labeling.models import Assignment, Case, Report, Reviewer, Seat, Signal, Task
from labeling.orders import projects
from labeling.review import cases, juries
from payments import escrow, money
from people.models import Departure
from tests.labeling import house, school

pytestmark = pytest.mark.django_db

WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


def codes(who) -> dict[str, list[int]]:
    return {one["code"]: one["projects"] for one in departures.refusals(who.pk)}


def dossier(who) -> dict[str, list[dict]]:
    return {name: list(rows) for name, rows in dossiers.sections(who.pk)}


# --- A requester settles first --------------------------------------------------------------------


def test_an_open_project_and_its_money_keep_a_requester():
    made = house.opened(tasks=1)
    house.fund(made, amount_units=10_000)

    assert codes(made.owner) == {
        "projects_open": [made.pk],
        "money_held": [made.pk],
        "money_left": [made.pk],
    }
    projects.pause(made)
    assert codes(made.owner)["projects_open"] == [made.pk]


def test_a_requester_who_has_closed_and_withdrawn_may_leave():
    made = house.opened(tasks=1)
    projects.close(made)
    assert codes(made.owner) == {"money_left": [made.pk]}

    projects.withdraw(made, amount_units=house.COST_UNITS, address=WALLET, key="home")
    assert codes(made.owner) == {"money_under_way": [made.pk]}

    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["LEAVING"]) == (0, house.COST_UNITS)


def test_answers_without_a_verdict_keep_the_requester():
    made, who = house.opened(tasks=1, review="manual"), house.labeler()
    lease = house.take(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    projects.close(made)

    assert codes(made.owner) == {"money_held": [made.pk]}


def test_what_is_too_little_to_be_taken_out_keeps_nobody(settings):
    made = house.project()
    house.fund(made, amount_units=settings.STIPEND_PAYOUT_MINIMUM_UNITS - 1)

    assert codes(made.owner) == {}


def test_a_draft_without_money_is_closed():
    made = house.project()

    departures.end(made.owner_id)

    made.refresh_from_db()
    assert made.state == "CLOSED"


def test_the_projects_of_others_are_nobody_elses_business():
    made = house.opened(tasks=1)

    assert codes(house.requester()) == {}
    departures.end(house.requester().pk)
    made.refresh_from_db()
    assert made.state == "OPEN"


# --- What others wait for -------------------------------------------------------------------------


def test_tasks_that_are_held_go_back_and_an_answer_stays():
    made, who, other = house.opened(tasks=3), house.labeler(), house.labeler()
    answered = house.take(made, who)
    submissions.submit(answered.id, labeler_id=who.pk, result=house.answer())
    house.take(made, who)
    kept = house.take(made, other)

    departures.let_go(who.pk)
    departures.let_go(who.pk)

    states = Assignment.objects.filter(labeler=who).order_by("id").values_list("state", flat=True)
    assert list(states) == ["SUBMITTED", "RETURNED"]
    assert Assignment.objects.get(pk=kept.id).state == "LIVE"
    assert sum(Task.objects.values_list("free_count", flat=True)) == 1


def test_a_seat_in_a_jury_is_free_for_another_juror():
    made, juror = house.opened(tasks=1), house.labeler()
    case = Case.objects.create(
        project=made,
        labeler=house.labeler(),
        reason="wrong",
        note="No.",
        state="APPEALED",
        appealable_until="2026-01-01T00:00:00Z",
    )
    seat = Seat.objects.create(case=case, juror=juror, leased_until="2099-01-01T00:00:00Z")

    departures.let_go(juror.pk)

    seat.refresh_from_db()
    assert seat.state == "EXPIRED"
    assert juries.rise(juror.pk) == 0


def test_a_reviewer_reviews_nothing_any_more():
    made, who = house.project(), house.labeler()
    Reviewer.objects.create(project=made, user=who)

    departures.end(who.pk)

    assert Reviewer.objects.count() == 0


# --- What they wrote ------------------------------------------------------------------------------


def left(who) -> None:
    due_at = "2026-01-01T00:00:00Z"
    Departure.objects.create(user=who, state="BEGUN", claim_digest=f"{who.pk}", due_at=due_at)
    departures.end(who.pk)


def reported(made, who):
    held = house.take(made, who)
    return reports.report(held.id, labeler_id=who.pk, reason="broken", note="I am Ana.")


def test_the_note_of_a_report_goes_once_nobody_has_to_look_at_it(settings):
    settings.STIPEND_TASK_REPORTS = 1
    made, who, other = house.opened(tasks=3), house.labeler(), house.labeler()
    looked_at, waits, stays = reported(made, who), reported(made, who), reported(made, other)
    reports.resume(made, task_id=looked_at.task_id)

    left(who)

    assert notes(looked_at, waits, stays) == ["", "I am Ana.", "I am Ana."]
    assert dossier(other)["tasks_reported"][0]["note"] == "I am Ana."

    reports.drop(made, task_id=waits.task_id)

    assert jobs.forget_words() == 1
    assert jobs.forget_words() == 0
    assert notes(looked_at, waits, stays) == ["", "", "I am Ana."]


def test_the_note_stays_while_others_may_still_report_the_task(settings):
    settings.STIPEND_TASK_REPORTS = 2
    made, who = house.opened(tasks=1, overlap=2), house.labeler()
    first = reported(made, who)

    left(who)

    assert notes(first) == ["I am Ana."]
    reported(made, house.labeler())
    reports.resume(made, task_id=first.task_id)
    assert jobs.forget_words() == 1
    assert notes(first) == [""]


def notes(*made) -> list[str]:
    return [Report.objects.get(pk=one.pk).note for one in made]


@pytest.mark.parametrize(
    ("state", "words"),
    [("APPEALED", "I am Ana."), ("UPHELD", ""), ("OVERTURNED", ""), ("LAPSED", "")],
)
def test_what_was_said_against_a_rejection_goes_once_it_is_decided(state, words):
    made, who, judge = house.opened(tasks=1), house.labeler(), house.labeler()
    case = Case.objects.create(
        project=made,
        labeler=who,
        judge=judge,
        reason="wrong",
        note="No.",
        state=state,
        appeal_note="I am Ana.",
        appealable_until="2026-01-01T00:00:00Z",
    )

    for one in (who, judge):
        left(one)

    case.refresh_from_db()
    assert (case.appeal_note, case.note) == (words, "No.")


# --- What is told ---------------------------------------------------------------------------------


def test_a_labeler_is_told_answers_verdicts_and_reputation():
    made, who = house.opened(tasks=3, review="auto"), house.labeler()
    for _ in range(2):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()
    held = house.take(made, who)
    reports.report(held.id, labeler_id=who.pk, reason="broken", note="It is torn.")

    told = dossier(who)

    assert [one["state"] for one in told["answers"]] == ["ACCEPTED", "ACCEPTED"]
    assert [one["result"] for one in told["answers"]] == [house.answer()] * 2
    assert [one["pay"] for one in told["answers"]] == ["0.05", "0.05"]
    verdicts = [one["verdicts"][0] for one in told["answers"]]
    assert [(one["verdict"], one["by"]) for one in verdicts] == [("ACCEPTED", "quality")] * 2
    assert [one["state"] for one in told["tasks_held"]] == ["RETURNED"]
    assert [one["note"] for one in told["tasks_reported"]] == ["It is torn."]
    assert [one["project"] for one in told["projects_joined"]] == [made.pk]
    assert told["reputation"][0]["skill"] == ""
    assert [one["score"] for one in told["answers"]] == [1.0, 1.0]


def test_what_looked_odd_is_told_and_names_nobody_else():
    made, who = house.opened(tasks=1, review="manual"), house.labeler()
    receipt = submissions.submit(house.take(made, who).id, labeler_id=who.pk, result=house.answer())
    for kind, detail in (("too_fast", "0.1 s for 9 s."), ("copied", "mood: as in answer 7.")):
        Signal.objects.create(submission_id=receipt.id, kind=kind, detail=detail)

    (told,) = dossier(who)["answers"]

    assert told["score"] is None
    assert {one["kind"]: one["detail"] for one in told["signals"]} == {
        "too_fast": "0.1 s for 9 s.",
        "copied": "",
    }
    assert "answer 7" not in json.dumps(told, default=str)


def test_nobody_is_told_what_gold_is_or_who_else_answered():
    who = house.labeler()
    school.sit(made := school.exam(school.skill()), who, right=2, wrong=1)
    other = house.labeler()
    school.sit(made, other, right=1)

    told = dossier(who)

    assert len(told["answers"]) == 3
    events = told["reputation_events"]
    assert {one["submission_id"] for one in events} == {None}
    assert not [key for one in told["answers"] for key in one if "gold" in key or key == "task"]
    assert len(dossier(other)["answers"]) == 1


def test_a_rejection_is_told_with_its_reason_and_ours_with_what_we_wrote():
    made, who = house.opened(tasks=1, review="manual"), house.labeler()
    lease = house.take(made, who)
    receipt = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    house.fund(made, amount_units=1_000_000)
    cases.open_cases(made, [receipt.id], reason="wrong", note="It is bad.", judge=made.owner)

    assert [one["note"] for one in dossier(who)["rejections"]] == ["It is bad."]
    given = dossier(made.owner)
    assert [one["note"] for one in given["rejections_given"]] == ["It is bad."]
    assert [one["id"] for one in given["projects"]] == [made.pk]


def test_a_long_life_is_read_a_few_rows_at_a_time(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(dossiers, "ROWS_A_CHUNK", 2)
    made, who = house.opened(tasks=5), house.labeler()
    for _ in range(5):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    with django_assert_max_num_queries(11):  # three chunks, two reads behind each, the last look
        ids = [one["id"] for one in dossiers._answers(who.pk)]

    assert ids == sorted(ids)
    assert len(ids) == 5
    assert json.dumps(Departure.objects.count()) == "0"


def test_the_money_of_ones_projects_is_told_with_the_wallets_that_it_went_to():
    made = house.opened(tasks=1)
    projects.close(made)
    projects.withdraw(made, amount_units=house.COST_UNITS, address=WALLET, key="home")

    told = dossier(made.owner)

    (row,) = told["project_withdrawals"]
    assert (row["project"], row["address"], row["state"]) == (made.pk, WALLET, "REQUESTED")
    assert row["amount"] == money.format(house.COST_UNITS)
    assert told["project_deposits"] == []
    assert dossier(house.labeler())["project_withdrawals"] == []
