"""What is asked depends on the other answers: checked, compared and merged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.answers import parse
from labeling.answers.per_region import Of
from labeling.answers.regions.spans import Span
from labeling.errors import AnswerHidden, MalformedAnswer, MalformedConfig, RegionMissing
from tests.labeling.answers import examples

ASKED = parse(
    '<View><Text name="t" value="$t"/>'
    '<Choices name="spam" toName="t" required="true"><Choice value="Yes" alias="y"/>'
    '<Choice value="No" alias="n"/></Choices>'
    '<View visibleWhen="choice-selected" whenTagName="spam" whenChoiceValue="Yes">'
    '<Choices name="kind" toName="t" required="true"><Choice value="A"/><Choice value="B"/>'
    "</Choices></View>"
    '<Rating name="weight" toName="t" visibleWhen="choice-unselected" whenTagName="spam"'
    ' whenChoiceValue="y"/></View>'
)
MARKED = parse(
    '<View><Text name="t" value="$t"/>'
    '<Labels name="spans" toName="t"><Label value="P"/><Label value="Q"/></Labels>'
    '<Choices name="mood" toName="t" perRegion="true" required="true" whenLabelValue="P">'
    '<Choice value="A"/><Choice value="B"/></Choices>'
    '<TextArea name="why" toName="t" perRegion="true" visibleWhen="choice-selected"'
    ' whenTagName="mood" whenChoiceValue="B"/></View>'
)
TEXT = "abcdefghij" * 3
DATA = {"t": TEXT}


def span(start, end, label="P"):
    return Span(start, end, label, TEXT[start:end])


def of(*place):
    return Of("spans", span(*place))


def choice(name, value, **more):
    return {
        "from_name": name,
        "to_name": "t",
        "type": "choices",
        "value": {"choices": [value]},
        **more,
    }


# --- Choices ------------------------------------------------------------------------------


def test_aliases_are_what_conditions_mean():
    answers = ASKED.validate([choice("spam", "y"), choice("kind", "A")])

    assert answers == {"spam": ("y",), "kind": ("A",)}
    assert ASKED.asks("kind", answers)
    assert not ASKED.asks("weight", answers)


@pytest.mark.parametrize(
    ("result", "error"),
    [
        ([choice("spam", "n"), choice("kind", "A")], AnswerHidden),
        ([choice("spam", "y")], MalformedAnswer),
        ([choice("kind", "A")], MalformedAnswer),
    ],
)
def test_hidden_and_missing_answers_are_refused(result, error):
    with pytest.raises(error) as refused:
        ASKED.validate(result)

    assert type(refused.value) is error


def test_a_required_control_that_is_hidden_is_not_required():
    assert ASKED.validate([choice("spam", "n")]) == {"spam": ("n",)}


def test_without_a_name_any_choice_outside_will_do():
    config = parse(
        '<View><Text name="t" value="$t"/><Choices name="a" toName="t"><Choice value="A"/>'
        '</Choices><View visibleWhen="choice-selected"><Choices name="b" toName="t" '
        'required="true"><Choice value="B"/></Choices></View><Rating name="r" toName="t"/></View>'
    )
    stars = {"from_name": "r", "to_name": "t", "type": "rating", "value": {"rating": 1}}

    assert config.validate([stars]) == {"r": 1}
    with pytest.raises(MalformedAnswer):
        config.validate([stars, choice("a", "A")])
    with pytest.raises(AnswerHidden):
        config.validate([stars, choice("b", "B")])


def test_the_last_step_of_a_path_is_what_a_condition_names():
    config = parse(
        '<View><Text name="t" value="$t"/><Taxonomy name="a" toName="t"><Choice value="A">'
        '<Choice value="B"/></Choice></Taxonomy><View visibleWhen="choice-selected" '
        'whenTagName="a" whenChoiceValue="B"><Rating name="r" toName="t"/></View></View>'
    )

    assert config.asks("r", {"a": (("A", "B"),)})
    assert not config.asks("r", {"a": (("A",),)})


def test_those_who_were_not_asked_do_not_disagree():
    yes, no = {"spam": ("y",), "kind": ("A",)}, {"spam": ("n",), "weight": 3}

    assert ASKED.agreement([yes, no]) == 0
    assert ASKED.agreement([yes, yes | {"kind": ("B",)}]) == 0.5


def test_the_consensus_asks_what_follows_from_it():
    yes, no = {"spam": ("y",), "kind": ("A",)}, {"spam": ("n",), "weight": 3}

    assert ASKED.consensus([yes, yes, no, no | {"weight": 5}, no]) == no
    assert ASKED.consensus([yes, no, {**yes, "kind": ("B",)}]) == yes
    assert ASKED.consensus([yes, no, no], among={"spam": [0]}) == yes


whole = st.one_of(
    st.fixed_dictionaries({"spam": st.just(("y",)), "kind": st.sampled_from([("A",), ("B",)])}),
    st.fixed_dictionaries({"spam": st.just(("n",))}, optional={"weight": st.integers(1, 5)}),
)


@given(st.lists(whole, min_size=1, max_size=6), st.randoms())
def test_the_consensus_is_valid_and_blind_to_order(answers, chance):
    merged = ASKED.consensus(answers)

    assert ASKED.validate(ASKED.result(merged)) == merged
    mixed = chance.sample(answers, len(answers))
    assert ASKED.consensus(mixed) == merged
    assert all(0 <= ASKED.score(one, merged) <= 1 for one in answers)


# --- By region ----------------------------------------------------------------------------


def marked(*regions):
    return [
        {
            "id": f"r{number}",
            "from_name": "spans",
            "to_name": "t",
            "type": "labels",
            "value": {
                "start": one.start,
                "end": one.end,
                "text": one.text,
                "labels": [one.label],
            },
        }
        for number, one in enumerate(regions)
    ]


def test_an_answer_by_region_may_repeat_its_place_or_not():
    bare = [*marked(span(0, 3)), choice("mood", "A", id="r0")]
    place = {"start": 0, "end": 3, "text": "abc"}
    full = [*marked(span(0, 3)), choice("mood", "A", id="r0")]
    full[1]["value"] |= place

    assert MARKED.validate(bare, DATA) == MARKED.validate(full, DATA)
    assert MARKED.validate(bare, DATA)["mood"] == ((of(0, 3), ("A",)),)
    (_, written) = MARKED.result(MARKED.validate(bare, DATA))
    assert written["value"] == {**place, "choices": ["A"]}


def test_its_order_does_not_matter():
    result = [choice("mood", "A", id="r0"), *marked(span(0, 3))]

    assert MARKED.validate(result, DATA)["mood"] == ((of(0, 3), ("A",)),)


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (marked(span(0, 3)), MalformedAnswer),
        ([choice("mood", "A", id="r0")], RegionMissing),
        ([*marked(span(0, 3, "Q")), choice("mood", "A", id="r0")], AnswerHidden),
        ([*marked(span(0, 3)), choice("mood", "A", id=["r0"])], MalformedAnswer),
        ([*marked(span(0, 3)), *[choice("mood", "A", id="r0")] * 2], MalformedAnswer),
        ([*marked(span(0, 3)), {**choice("mood", "A", id="r0"), "value": None}], MalformedAnswer),
    ],
)
def test_answers_that_fit_no_region_are_refused(result, error):
    with pytest.raises(error) as refused:
        MARKED.validate(result, DATA)

    assert type(refused.value) is error


def test_a_condition_by_region_looks_at_the_same_region():
    result = [
        *marked(span(0, 3), span(5, 8)),
        choice("mood", "A", id="r0"),
        choice("mood", "B", id="r1"),
    ]
    why = {"from_name": "why", "to_name": "t", "type": "textarea", "value": {"text": ["x"]}}

    assert MARKED.validate([*result, {**why, "id": "r1"}])["why"] == ((of(5, 8), ("x",)),)
    with pytest.raises(AnswerHidden):
        MARKED.validate([*result, {**why, "id": "r0"}])


def said(*pairs):
    """An answer with these regions and what was said of each."""
    pairs = sorted(pairs)
    return {
        "spans": tuple(region for region, _ in pairs),
        "mood": tuple((Of("spans", region), (mood,)) for region, mood in pairs),
    }


def test_answers_by_region_are_compared_where_both_marked():
    control = MARKED.controls["mood"]
    one = said((span(0, 10), "A"), (span(20, 25), "B"))
    other = said((span(1, 10), "A"), (span(12, 14), "B"))

    assert control.agree(one["mood"], other["mood"]) == 2 * 1 / 4
    assert control.agree(one["mood"], one["mood"]) == 1
    assert control.agree((), ()) == 1


def test_answers_by_region_are_merged_with_their_regions():
    answers = [
        said((span(0, 10), "A"), (span(20, 25), "B")),
        said((span(1, 10), "B")),
        said((span(0, 9), "A")),
    ]

    assert MARKED.consensus(answers) == said((span(0, 10), "A"))


regions = st.tuples(st.integers(0, 25), st.integers(1, 5)).map(
    lambda pair: span(pair[0], pair[0] + pair[1])
)
by_region = st.lists(
    st.tuples(regions, st.sampled_from("AB")), max_size=4, unique_by=lambda pair: pair[0]
).map(lambda pairs: {key: one for key, one in said(*pairs).items() if key == "spans" or one})


@settings(max_examples=60)
@given(st.lists(by_region, min_size=1, max_size=5), st.randoms())
def test_a_consensus_by_region_is_valid_and_blind_to_order(answers, chance):
    merged = MARKED.consensus(answers)

    assert MARKED.validate(MARKED.result(merged), DATA) == merged
    assert MARKED.consensus(chance.sample(answers, len(answers))) == merged
    assert all(0 <= MARKED.score(one, merged) <= 1 for one in answers)


@given(by_region)
def test_those_who_agree_by_region_are_the_consensus(answer):
    assert MARKED.consensus([answer] * 3) == answer
    assert MARKED.agreement([answer] * 3) == 1


@pytest.mark.parametrize("name", examples.NAMES)
def test_every_example_agrees_with_itself(name):
    example = examples.read(name)
    config = parse(example.xml)
    answer = config.validate(example.result, example.data)

    assert config.agreement([answer, answer]) == pytest.approx(1)
    assert config.consensus([answer, answer]) == answer


# --- Configurations ------------------------------------------------------------------------

FRAME = (
    '<View><Text name="t" value="$t"/><Labels name="l" toName="t"><Label value="P"/></Labels>'
    '<Choices name="c" toName="t"><Choice value="A"/><Choice value="B, C"/></Choices>{}</View>'
)
STARS = '<Rating name="r" toName="t" {}/>'


@pytest.mark.parametrize(
    "attributes",
    [
        'whenTagName="c"',
        'visibleWhen="choice-selected" whenChoiceValue="A"',
        'visibleWhen="choice-selected" whenTagName="l"',
        'visibleWhen="choice-selected" whenTagName="c" whenChoiceValue="A,Z"',
        'visibleWhen="choice-selected" whenTagName="c" whenChoiceValue="A, B, C"',
        'visibleWhen="region-selected" whenTagName="c"',
        'visibleWhen="region-selected" whenLabelValue="Z"',
        'visibleWhen="no-region-selected" perRegion="true"',
        'perRegion="true" whenLabelValue="Z"',
        'perRegion="perhaps"',
    ],
)
def test_conditions_that_cannot_be_are_refused(attributes):
    with pytest.raises(MalformedConfig):
        parse(FRAME.format(STARS.format(attributes)))


def test_names_of_attributes_are_read_as_label_studio_does():
    xml = STARS.format('visiblewhen="choice-selected" whentagname="c" WHENCHOICEVALUE="A"')

    assert not parse(FRAME.format(xml)).asks("r", {})


def test_a_choice_with_a_comma_can_be_named():
    xml = STARS.format('visibleWhen="choice-selected" whenTagName="c" whenChoiceValue="B, C"')
    config = parse(FRAME.format(xml))

    assert config.asks("r", {"c": ("B, C",)})
    assert not config.asks("r", {"c": ("A",)})


def test_what_shows_while_a_region_is_selected_is_never_required():
    config = parse(FRAME.format(STARS.format('required="true" visibleWhen="region-selected"')))
    stars = {"from_name": "r", "to_name": "t", "type": "rating", "value": {"rating": 2}}
    region = marked(span(0, 3))[0] | {"from_name": "l"}

    assert config.validate([region])["l"] == (span(0, 3),)
    assert config.validate([region, stars])["r"] == 2
    with pytest.raises(AnswerHidden):
        config.validate([stars])
