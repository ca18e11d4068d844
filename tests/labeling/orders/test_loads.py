"""Loads that are not open yet are taken back, and their data loaded anew."""

import pytest

from labeling.data import gold_loads, imports
from labeling.errors import LoadOpened, NotFound, ProjectClosed
from labeling.models import Load
from labeling.orders import loads, projects
from payments import escrow
from tests.labeling import house

pytestmark = pytest.mark.django_db
ROW = {"text": "the wrong file"}


def test_what_is_not_open_is_taken_back_and_what_is_open_stays():
    made = house.opened(tasks=2)
    wrong = imports.load(made, rows=[ROW, {"text": "text 0"}]).load

    dropped = loads.drop(made, load_id=wrong.pk)

    assert (dropped.state, dropped.added_count) == ("DROPPED", 1)
    assert loads.drop(made, load_id=wrong.pk) == dropped
    assert set(made.tasks.values_list("state", flat=True)) == {"OPEN"}
    assert made.tasks.count() == 2
    assert projects.open_tasks(made).opened_count == 0
    assert escrow.balances(made.purse_id)["HELD"] == 2 * house.COST_UNITS
    assert projects.prove_holds() == []
    with pytest.raises(LoadOpened):
        loads.drop(made, load_id=Load.objects.get(state="OPENED").pk)


def test_data_that_was_taken_back_may_be_gold():
    made = house.project()
    load = imports.load(made, rows=[ROW]).load
    loads.drop(made, load_id=load.pk)

    again = gold_loads.load(made, rows=[{"data": ROW, "expected": house.answer()}])

    assert again.load.added_count == 1
    assert list(loads.of_project(made)) == [again.load, load]


def test_a_load_belongs_to_its_project():
    made, other = house.project(), house.project()
    load = imports.load(other, rows=[ROW]).load

    with pytest.raises(NotFound):
        loads.drop(made, load_id=load.pk)
    projects.close(other)
    with pytest.raises(ProjectClosed):
        loads.drop(other, load_id=load.pk)
