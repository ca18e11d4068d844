"""What holds for every control, whatever people answer."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.answers.config import agree
from labeling.errors import MalformedAnswer
from tests.labeling.answers.strategies import ANSWERS, CONFIG, DATA

NAMES = list(ANSWERS)
each_control = pytest.mark.parametrize("name", NAMES)
data = given(st.data())
few = settings(max_examples=25)


def test_every_control_has_its_answers():
    assert list(CONFIG.controls) == NAMES


@each_control
@few
@data
def test_what_is_written_is_read_again(name, data):
    answer = {name: data.draw(ANSWERS[name])}

    result = CONFIG.result(answer)
    found = CONFIG.validate(result, DATA)

    assert {name: found[name]} == answer
    assert CONFIG.result({name: found[name]}) == result


@each_control
@few
@data
def test_agreement_is_symmetric_between_0_and_1_and_1_with_itself(name, data):
    control = CONFIG.controls[name]
    a, b = data.draw(ANSWERS[name]), data.draw(ANSWERS[name])

    assert agree(control, a, b) == agree(control, b, a)
    assert 0 <= agree(control, a, b) <= 1
    assert agree(control, a, a) == pytest.approx(1, abs=1e-12)


@each_control
@few
@data
def test_the_consensus_is_a_valid_answer_and_blind_to_order(name, data):
    control = CONFIG.controls[name]
    answers = data.draw(st.lists(ANSWERS[name], min_size=1, max_size=5))
    mixed = data.draw(st.permutations(answers))

    merged = control.merge(answers)

    assert control.merge(mixed) == merged
    assert CONFIG.validate(CONFIG.result({name: merged}), DATA)[name] == merged


@each_control
@few
@data
def test_those_who_agree_are_the_consensus(name, data):
    answer = data.draw(ANSWERS[name])

    assert CONFIG.controls[name].merge([answer] * 3) == answer
    assert CONFIG.consensus([{name: answer}] * 3) == {name: answer}
    assert CONFIG.agreement([{name: answer}] * 3) == pytest.approx(1, abs=1e-12)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["A", "0", "left"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["start", "end", "text", "points", "x", "y", "rank", "labels"]), inner
        )
    ),
    max_leaves=8,
)


@each_control
@few
@data
def test_whatever_is_sent_is_read_or_refused(name, data):
    """Parts of a valid value replaced by anything: never another error than a refusal."""
    (region, *_) = CONFIG.result({name: data.draw(ANSWERS[name])}) or [None]
    if region is None:
        return
    value = region["value"]
    key = data.draw(st.sampled_from(sorted(value)))
    changed = {**region, "value": {**value, key: data.draw(JSON)}}

    with suppress(MalformedAnswer):
        assert name in CONFIG.validate([changed], DATA)
