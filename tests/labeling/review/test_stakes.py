"""The losing side pays: what a labeler puts at stake, and what of it comes back, to the unit."""

from typing import Any

import pytest

from labeling.models import Case
from labeling.review import appeals, verdicts
from payments import escrow
from people.models import User
from tests.labeling import house
from tests.labeling.review.test_cases import (
    COST,
    PRICE,
    SEAT,
    answered,
    earned,
    juror,
    purse,
    reject,
    say,
    staked,
    state_of,
)

pytestmark = pytest.mark.django_db


def before_five(*, earned_units: int) -> tuple[Any, User, Case, list[User]]:
    """A rejection, its labeler with so much earned, and five who may judge it."""
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    people = [juror(made) for _ in range(5)]
    if earned_units:
        house.fund(made, amount_units=earned_units)
        payee = f"person:{who.pk}"
        escrow.bonus(made.purse, key="b", payee=payee, amount_units=earned_units, cause="bonus")
    return made, who, case, people


@pytest.mark.parametrize(
    ("has", "stakes"), [(7 * SEAT, 5 * SEAT), (5 * SEAT, 5 * SEAT), (4 * SEAT, 4 * SEAT), (1, 1)]
)
def test_the_pay_of_five_is_at_stake_or_what_there_is(has, stakes):
    _, who, case, _ = before_five(earned_units=has)

    assert appeals.stake_units(case) == stakes
    for _ in range(2):
        appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")

    assert (earned(who), staked(who)) == (has - stakes, stakes)


def test_a_requester_who_wins_before_five_pays_none_of_them():
    made, who, case, people = before_five(earned_units=6 * SEAT)
    appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")

    for one, acceptable in zip(people, [True, False, False, False, False], strict=True):
        say(one, acceptable=acceptable)
    assert [verdicts.decide() for _ in range(2)] == [1, 0]

    assert (state_of(case), case.seats_count, case.lost_units) == ("UPHELD", 5, 5 * SEAT)
    assert [earned(one) for one in people] == [PRICE + SEAT] * 5
    assert (earned(who), staked(who)) == (SEAT, 0)
    assert purse(made) == (COST + 5 * SEAT, 0)


def test_what_three_who_agree_do_not_cost_comes_back():
    made, who, case, people = before_five(earned_units=5 * SEAT)
    appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")

    for one in people[:3]:
        say(one, acceptable=False)
    assert verdicts.decide() == 1

    assert (state_of(case), case.lost_units) == ("UPHELD", 3 * SEAT)
    assert (earned(who), staked(who)) == (2 * SEAT, 0)
    assert purse(made) == (COST + 5 * SEAT, 0)


def test_who_has_less_pays_that_and_the_requester_the_rest():
    made, who, case, people = before_five(earned_units=4 * SEAT)
    appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")

    for one, acceptable in zip(people, [True, False, False, False, False], strict=True):
        say(one, acceptable=acceptable)
    verdicts.decide()

    assert (state_of(case), case.lost_units) == ("UPHELD", 4 * SEAT)
    assert (earned(who), staked(who)) == (0, 0)
    assert purse(made) == (COST + 4 * SEAT, 0)


def test_a_labeler_who_wins_before_five_has_all_of_it_back():
    made, who, case, people = before_five(earned_units=5 * SEAT)
    appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")

    for one, acceptable in zip(people, [False, True, True, True, True], strict=True):
        say(one, acceptable=acceptable)
    verdicts.decide()

    assert (state_of(case), case.lost_units) == ("OVERTURNED", 0)
    assert (earned(who), staked(who)) == (PRICE + 5 * SEAT, 0)
    assert purse(made) == (0, 0)
