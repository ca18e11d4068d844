"""Bonuses: out of the project's funds, the labeler's at once, once for a key."""

import pytest
from django.conf import settings

from labeling.errors import NotFound
from labeling.handout import submissions
from labeling.orders import projects
from labeling.review import bonuses
from payments import escrow, purses, statements
from payments.errors import InsufficientFunds, KeyReused
from payments.money import InvalidAmount
from tests.labeling import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered():
    """A project with 0.50 to spare, and an answer in it."""
    made, who = house.opened(), house.labeler()
    house.fund(made, amount_units=500_000)
    lease = house.take(made, who)
    receipt = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    return made, who, receipt.id


def earned(who) -> int:
    return escrow.balances(escrow.open_purse(f"person:{who.pk}")).get("EARNED", 0)


def funds(made) -> int:
    return escrow.balances(made.purse)["FUNDS"]


def test_a_bonus_is_the_labelers_at_once_and_in_their_statement(answered):
    made, who, answer_id = answered

    given = bonuses.give(
        answer_id, owner=made.owner, amount_units=200_000, key="a", note=" Lovely work. "
    )

    assert (given.key, given.labeler, given.note) == (f"bonus:{answer_id}:a", who, "Lovely work.")
    assert (earned(who), funds(made)) == (200_000, 300_000)
    (row,) = statements.of_purse(purses.find(f"person:{who.pk}"))
    assert (row.kind, row.cause) == ("bonus", f"Moods, answer {answer_id}: Lovely work.")


def test_the_same_key_pays_once_and_no_key_pays_each_time(answered):
    made, who, answer_id = answered

    for _ in range(2):
        bonuses.give(answer_id, owner=made.owner, amount_units=100_000, key="a")
    with pytest.raises(KeyReused):
        bonuses.give(answer_id, owner=made.owner, amount_units=100_001, key="a")
    assert earned(who) == 100_000
    for _ in range(2):
        bonuses.give(answer_id, owner=made.owner, amount_units=100_000)

    assert (earned(who), funds(made)) == (300_000, 200_000)


def test_the_same_key_with_another_note_is_refused_and_the_first_one_stays(answered):
    made, who, answer_id = answered
    bonuses.give(answer_id, owner=made.owner, amount_units=100_000, key="a", note="Fast.")
    projects.change(made, title="Feelings")

    again = bonuses.give(answer_id, owner=made.owner, amount_units=100_000, key="a", note="Fast.")
    for other in ("Slow.", ""):
        with pytest.raises(KeyReused):
            bonuses.give(answer_id, owner=made.owner, amount_units=100_000, key="a", note=other)

    assert (again.note, earned(who)) == ("Fast.", 100_000)
    (row,) = statements.of_purse(purses.find(f"person:{who.pk}"))
    assert row.cause == f"Moods, answer {answer_id}: Fast."


def test_the_labeler_reads_a_long_note_whole_beside_a_long_title(answered):
    made, who, answer_id = answered
    title, note = "T" * 200, "n" * 195 + " end."
    projects.change(made, title=title)

    for _ in range(2):
        bonuses.give(answer_id, owner=made.owner, amount_units=100_000, key="a", note=note)

    (row,) = statements.of_purse(purses.find(f"person:{who.pk}"))
    assert row.cause.startswith("T" * 60)
    assert row.cause.endswith(f"…, answer {answer_id}: {note}")


def test_more_than_the_project_has_free_is_not_given(answered):
    made, who, answer_id = answered

    with pytest.raises(InsufficientFunds):
        bonuses.give(answer_id, owner=made.owner, amount_units=500_001)

    assert (earned(who), funds(made)) == (0, 500_000)


@pytest.mark.parametrize("units", [0, -1, settings.STIPEND_PRICE_LIMIT_UNITS + 1])
def test_a_bonus_is_an_amount(answered, units):
    made, _, answer_id = answered

    with pytest.raises(InvalidAmount):
        bonuses.give(answer_id, owner=made.owner, amount_units=units)


def test_only_the_owner_gives(answered):
    made, who, answer_id = answered

    for owner, number in ((who, answer_id), (house.requester(), answer_id), (made.owner, 10**9)):
        with pytest.raises(NotFound):
            bonuses.give(number, owner=owner, amount_units=100_000)

    assert funds(made) == 500_000
