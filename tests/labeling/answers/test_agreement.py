import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.answers import parse
from labeling.answers.config import agree

CONFIG = parse(
    '<View><Text name="t" value="$text"/>'
    '<Choices name="one" toName="t"><Choice value="A"/><Choice value="B"/>'
    '<Choice value="C"/></Choices>'
    '<Choices name="many" toName="t" choice="multiple"><Choice value="X"/><Choice value="Y"/>'
    '<Choice value="Z"/></Choices>'
    '<TextArea name="words" toName="t" maxSubmissions="2"/><Rating name="stars" toName="t"/></View>'
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30).filter(
    str.strip
)
ANSWERS = {
    "one": st.sampled_from("ABC").map(lambda choice: (choice,)),
    "many": st.sets(st.sampled_from("XYZ"), min_size=1).map(lambda chosen: tuple(sorted(chosen))),
    "words": st.lists(texts, min_size=1, max_size=2).map(tuple),
    "stars": st.integers(1, 5),
}
answers = st.fixed_dictionaries({}, optional=ANSWERS).filter(bool)


@given(answers)
def test_what_is_written_is_read_again(answer):
    assert CONFIG.validate(CONFIG.result(answer)) == answer


@given(
    st.sampled_from(list(ANSWERS)).flatmap(lambda n: st.tuples(st.just(n), ANSWERS[n], ANSWERS[n]))
)
def test_agreement_is_symmetric_between_0_and_1_and_1_with_itself(case):
    name, a, b = case
    control = CONFIG.controls[name]

    assert agree(control, a, b) == agree(control, b, a)
    assert 0 <= agree(control, a, b) <= 1
    assert agree(control, a, a) == 1


@given(st.lists(answers, min_size=1, max_size=5))
def test_consensus_is_a_valid_answer_and_blind_to_order(given_answers):
    merged = CONFIG.consensus(given_answers)

    assert merged == CONFIG.consensus(given_answers[::-1])
    if merged:
        assert CONFIG.validate(CONFIG.result(merged)) == merged
    assert all(0 <= CONFIG.score(answer, merged) <= 1 for answer in given_answers)
    assert 0 <= CONFIG.agreement(given_answers) <= 1


@given(answers, st.integers(1, 4))
def test_those_who_agree_are_the_consensus(answer, people):
    assert CONFIG.consensus([answer] * people) == answer
    assert CONFIG.agreement([answer] * people) == 1


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(list(ANSWERS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from_name", "to_name", "type", "value", "text"]), inner)
    ),
    max_leaves=15,
)


@given(JSON)
def test_nothing_but_an_answer_is_an_answer(anything):
    with pytest.raises(Exception) as refused:
        CONFIG.validate(anything)

    assert refused.value.code in {"malformed_answer", "answer_outside_choices"}


@pytest.mark.parametrize(
    ("name", "given_answers", "consensus", "agreement"),
    [
        ("one", [("A",), ("B",), ("B",)], ("B",), 1 / 3),
        ("one", [("C",), ("B",)], ("B",), 0),
        ("many", [("X", "Y"), ("X",), ("Z",)], ("X",), 1 / 6),
        ("many", [("X",), ("Y",)], ("X",), 0),
        ("stars", [1, 5, 4], 4, (0 + 0.25 + 0.75) / 3),
        ("stars", [2, 4], 2, 0.5),
        ("words", [("the cat",), ("The  Cat",), ("dog",)], ("The  Cat",), None),
    ],
)
def test_consensus_and_agreement_by_example(name, given_answers, consensus, agreement):
    wrapped = [{name: answer} for answer in given_answers]

    assert CONFIG.consensus(wrapped) == {name: consensus}
    if agreement is not None:
        assert CONFIG.agreement(wrapped) == pytest.approx(agreement)


def test_an_answer_left_out_counts_as_disagreement():
    assert CONFIG.agreement([{"one": ("A",), "stars": 3}, {"one": ("A",)}]) == 0.5
