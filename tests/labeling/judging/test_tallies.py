"""What a person's answers are worth that nobody has decided about."""

import pytest

from labeling.judging import tallies
from labeling.judging.tallies import Tally
from tests.labeling import answers_given, house
from tests.labeling.answers_given import State

pytestmark = [pytest.mark.django_db, pytest.mark.broken_book]  # nobody funded the answers


def test_answers_count_with_the_price_of_their_project():
    who, cheap, dear = house.labeler(), house.opened(price_units=10_000), house.opened()
    answers_given.answers(cheap, who, count=3)
    answers_given.answers(dear, who, count=2)
    answers_given.answers(dear, who, count=1, state=State.REJECTED)
    answers_given.answers(cheap, who, count=1, state=State.APPEALED)
    answers_given.answers(dear, who, count=5, state=State.ACCEPTED)
    answers_given.answers(dear, who, count=5, state=State.FORFEITED)
    answers_given.answers(dear, house.labeler(), count=5)

    assert tallies.of(who.pk) == Tally(
        pending_count=5, pending_units=130_000, contested_count=2, contested_units=60_000
    )


def test_of_a_newcomer_there_is_none():
    nothing = Tally(pending_count=0, pending_units=0, contested_count=0, contested_units=0)

    assert tallies.of(house.labeler().pk) == nothing


def test_only_the_newest_are_looked_at(monkeypatch):
    monkeypatch.setattr(tallies, "ANSWERS_LIMIT", 2)
    who, made = house.labeler(), house.opened()
    answers_given.answers(made, who, count=3)

    assert tallies.of(who.pk).pending_count == 2
