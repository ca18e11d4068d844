"""Entry tests as a person sees them."""

import pytest

from labeling.orders import entry_tests
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


def open_to(who) -> bool:
    (found,) = entry_tests.for_person(who)
    return found.is_open


def test_a_test_is_open_to_whom_it_can_ask_all_it_is_long():
    made = school.exam(school.skill(), length=2, tasks=3, overlap=1)
    first, second = house.labeler(), house.labeler()
    assert open_to(first)

    school.sit(made, first, right=2)

    assert not open_to(first)
    assert not open_to(second)  # one question is left, of two


def test_a_test_that_was_begun_is_open_while_a_question_is_in_the_hand_or_left():
    made = school.exam(school.skill(), length=2, tasks=2, overlap=1)
    who, other = house.labeler(), house.labeler()
    school.sit(made, who, right=1)
    house.take(made, other)
    assert not open_to(who)  # the last question is in somebody's hand

    assert open_to(other)
