"""The same data as gold and as an example at once: it is one of them. The twin looks too early."""

import pytest

from labeling.content import examples
from labeling.data import gold_loads, imports
from labeling.errors import GoldKnown
from tests.labeling import house
from tests.races import work

pytestmark = pytest.mark.django_db(transaction=True)
DATA = {"text": "shown"}


def shown_and_loaded():
    """The project, and the ends of an example and of gold with its data, held up one behind the
    other at the project."""
    made = house.project()
    return made, work.in_turn(
        f"SELECT FROM labeling_project WHERE id = {made.pk} FOR UPDATE",
        lambda: examples.put(made, [{"data": DATA, "result": house.answer()}]),
        lambda: gold_loads.load(made, rows=[{"data": DATA, "expected": house.answer()}]),
    )


def test_what_becomes_an_example_while_it_is_loaded_is_no_gold():
    made, (_, refused) = shown_and_loaded()

    assert isinstance(refused, GoldKnown)
    assert refused.data == {"rows": [1]}
    assert (made.examples.count(), made.tasks.count()) == (1, 0)


def test_with_a_look_before_the_lock_it_would_be_both(monkeypatch):
    refuse, load = gold_loads._refuse, imports.load

    def early(project, *, rows, is_gold):
        known = {gold_loads.contents.hashed(row["data"]): row for row in rows}
        refuse(known, project.examples)
        return load(project, rows=rows, is_gold=is_gold)

    monkeypatch.setattr(imports, "load", early)
    monkeypatch.setattr(gold_loads, "_refuse", lambda known, shown: None)

    made, _ = shown_and_loaded()

    assert (made.examples.count(), made.tasks.count()) == (1, 1)
