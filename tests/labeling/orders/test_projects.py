"""Projects: created, funded when opened, paused, closed and refunded."""

import pytest

from labeling.data import imports
from labeling.errors import (
    InvalidSettings,
    MalformedConfig,
    NotFound,
    NothingToOpen,
    ProjectClosed,
    ProjectNotOpen,
    UnknownControl,
)
from labeling.handout import assignments, submissions
from labeling.judging import quality
from labeling.models import Project, Task
from labeling.orders import projects
from payments import escrow
from payments.errors import InsufficientFunds
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


def money(made):
    found = escrow.balances(made.purse_id)
    return found.get("FUNDS", 0), found.get("HELD", 0)


def test_a_project_is_a_draft_with_a_purse_of_its_own():
    first, second = house.project(), house.project()

    assert first.state == Project.State.DRAFT
    assert (first.price_units, first.fee_units) == (50_000, 2_500)
    assert first.purse_id != second.purse_id
    assert money(first) == (0, 0)


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ("<View", MalformedConfig),
        ("", MalformedConfig),
        ('<!DOCTYPE x [<!ENTITY y "z">]><View/>', MalformedConfig),
        (
            '<View><Text name="t" value="$t"/><Mind name="x" toName="t"/></View>',
            UnknownControl,
        ),
    ],
)
def test_a_bad_configuration_makes_no_project(config, error):
    with pytest.raises(error):
        house.project(config=config)

    assert not Project.objects.exists()


def test_opening_holds_the_full_cost():
    made = house.project(overlap=3)
    house.load(made, tasks=2)
    house.fund(made, amount_units=500_000)

    opening = projects.open_tasks(made)

    assert (opening.opened_count, opening.held_units) == (2, 315_000)
    assert money(made) == (185_000, 315_000)
    assert list(Task.objects.values_list("state", "free_count")) == [("OPEN", 3), ("OPEN", 3)]


def test_without_the_money_nothing_opens():
    made = house.project(overlap=3)
    house.load(made, tasks=2)
    house.fund(made, amount_units=314_999)

    with pytest.raises(InsufficientFunds) as refused:
        projects.open_tasks(made)

    assert refused.value.data == {"needed": "0.315", "available": "0.314999"}
    assert money(made) == (314_999, 0)
    assert set(Task.objects.values_list("state", "free_count")) == {("LOADED", 0)}
    made.refresh_from_db()
    assert made.state == Project.State.DRAFT


def test_there_must_be_something_to_open():
    with pytest.raises(NothingToOpen):
        projects.open_tasks(house.project())


def test_more_data_is_held_for_when_it_opens():
    made = house.opened(tasks=2)
    imports.load(made, rows=[{"text": "more"}, {"text": "text 0"}])

    with pytest.raises(InsufficientFunds):
        projects.open_tasks(made)
    house.fund(made, amount_units=house.COST_UNITS)
    opening = projects.open_tasks(made)

    assert opening.opened_count == 1
    assert money(made) == (0, 3 * house.COST_UNITS)


def test_opening_twice_holds_once():
    made = house.opened(tasks=2)

    again = projects.open_tasks(made)

    assert (again.opened_count, again.held_units) == (0, 0)
    assert money(made) == (0, 2 * house.COST_UNITS)


def test_a_paused_project_hands_out_nothing_and_takes_answers():
    made, who = house.opened(tasks=2), house.labeler()
    lease = house.take(made, who)

    projects.pause(made)

    with pytest.raises(ProjectNotOpen):
        assignments.lease(made.pk, labeler_id=house.labeler().pk)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    assert projects.open_tasks(made).project.state == Project.State.OPEN


def test_closing_gives_back_what_nothing_can_cost_any_more():
    made, who = house.opened(tasks=3), house.labeler()
    lease = house.take(made, who)

    projects.close(made)
    projects.close(made)

    assert money(made) == (2 * house.COST_UNITS, house.COST_UNITS)
    with pytest.raises(ProjectClosed):
        projects.open_tasks(made)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()
    assert money(made) == (2 * house.COST_UNITS, 0)


def test_what_a_process_that_died_left_in_a_closed_project_is_refunded(monkeypatch):
    made, people = house.opened(tasks=2), [house.labeler(), house.labeler()]
    first, _ = (house.take(made, who) for who in people)
    projects.close(made)
    assert projects.refund_left() == 0
    monkeypatch.setattr(projects, "refund_closed", lambda project_ids: None)  # here it died
    assignments.give_back(first.id, labeler_id=people[0].pk)
    assert money(made) == (0, 2 * house.COST_UNITS)

    assert projects.refund_left() == 1

    assert money(made) == (house.COST_UNITS, house.COST_UNITS)
    assert projects.refund_left() == 0


def test_a_lease_that_ends_after_the_close_is_refunded():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    projects.close(made)

    assignments.give_back(lease.id, labeler_id=who.pk)

    assert money(made) == (house.COST_UNITS, 0)


def test_a_project_is_its_owners_alone():
    made = house.project()

    with pytest.raises(NotFound):
        projects.owned(made.pk, owner=house.requester())

    assert projects.owned(made.pk, owner=made.owner) == made


def test_a_free_test_is_for_many_and_a_paid_one_says_for_how_many():
    skill = school.skill()
    wanted = {"owner": skill.owner, "kind": "test", "skill": skill, "quota": 2}

    free = house.project(price_units=0, **wanted)
    paid = house.project(overlap=200, **wanted)

    assert (free.overlap, free.overlap_max) == (1000, 1000)
    assert (paid.overlap, paid.overlap_max) == (200, 200)
    with pytest.raises(InvalidSettings, match="A paid test needs an overlap"):
        house.project(**wanted)
    with pytest.raises(InvalidSettings, match="at most 1000"):
        house.project(overlap=1001, **wanted)
    with pytest.raises(InvalidSettings, match="at most 100"):
        house.project(overlap=101)
