"""Spans and boxes: read, written, compared and merged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.answers import parse
from labeling.answers.config import agree
from labeling.answers.regions.shapes import PERCENT, Box
from labeling.answers.regions.spans import Span
from labeling.errors import AnswerOutsideChoices, MalformedAnswer, MalformedConfig

TAGS = (
    '<Text name="t" value="$text"/><Image name="i" value="$url"/>'
    '<Labels name="spans" toName="t"><Label value="PER"/><Label value="ORG"/></Labels>'
    '<RectangleLabels name="boxes" toName="i"><Label value="cat" background="red"/>'
    '<Label value="dog"/></RectangleLabels>'
)
CONFIG = parse(f"<View>{TAGS}</View>")
SPANS = parse(
    '<View><Text name="t" value="$text"/><Labels name="spans" toName="t">'
    '<Label value="PER"/><Label value="ORG"/></Labels></View>'
)
REQUIRED = parse(f"<View>{TAGS}</View>".replace('name="boxes"', 'required="true" name="boxes"'))
TEXT = "Ada 👩🏽‍🔬 met Zoë."
DATA = {"text": TEXT, "url": "/a.png"}


def span_region(start, end, text, label="PER", **more):
    value = {"start": start, "end": end, "text": text, "labels": [label], **more}
    return {"from_name": "spans", "to_name": "t", "type": "labels", "value": value}


def box_region(x=10, y=20, width=30.5, height=40, *, beside=None, **more):
    value = {"x": x, "y": y, "width": width, "height": height, "rotation": 0}
    region = {"from_name": "boxes", "to_name": "i", "type": "rectanglelabels"}
    return {**region, "value": {**value, "rectanglelabels": ["cat"], **more}, **(beside or {})}


def span(start, end, label="PER"):
    return Span(start, end, label, TEXT[start:end].ljust(end - start, "."))


def box(left, top, right, bottom, label="cat"):
    return Box(left * PERCENT, top * PERCENT, right * PERCENT, bottom * PERCENT, label)


# --- Reading ------------------------------------------------------------------------------


def test_offsets_count_code_points():
    result = [span_region(13, 16, "Zoë", "ORG"), span_region(0, 3, "Ada")]

    answers = CONFIG.validate(result, DATA)

    assert answers == {"spans": (span(0, 3), Span(13, 16, "ORG", "Zoë")), "boxes": ()}
    assert SPANS.reads_data


def test_boxes_keep_their_pixels():
    pixels = {"original_width": 600, "original_height": 400, "image_rotation": 0}

    answers = CONFIG.validate([box_region(beside=pixels)], DATA)

    found = Box(10_000_000, 20_000_000, 40_500_000, 60_000_000, "cat", (600, 400))
    assert answers["boxes"] == (found,)
    assert CONFIG.result(answers) == [{"id": "boxes", **box_region(beside=pixels)}]


def test_nothing_to_mark_is_an_answer():
    assert CONFIG.validate([]) == {"spans": (), "boxes": ()}
    assert CONFIG.result({"spans": (), "boxes": ()}) == []


def test_a_required_control_has_something_to_mark():
    with pytest.raises(MalformedAnswer) as refused:
        REQUIRED.validate([span_region(0, 3, "Ada")])

    assert refused.value.data == {"name": "boxes"}


@pytest.mark.parametrize(
    "region",
    [
        span_region(3, 3, ""),
        span_region(3, 2, ""),
        span_region(-1, 2, "Ada"),
        span_region(0, 2, "Ada"),
        span_region(0.0, 3, "Ada"),
        span_region(False, 3, "Ada"),
        span_region("0", "3", "Ada"),
        span_region(0, 3, None),
        span_region(0, 3, "a\x00b"),
        span_region(0, 1, "\ud800"),
        span_region(0, 3, "Ada", globalOffsets={}),
        span_region(0, 3, "Ada", labels=["PER", "ORG"]),
        span_region(0, 3, "Ada", labels=[]),
        span_region(0, 3, "Ada", labels="PER"),
        span_region(0, 3, "Ada", labels=[["PER"]]),
        {**span_region(0, 3, "Ada"), "type": "rectanglelabels"},
        {**span_region(0, 3, "Ada"), "to_name": "i"},
        {**span_region(0, 3, "Ada"), "value": None},
        {**span_region(0, 3, "Ada"), "value": {"start": 0, "end": 3, "labels": ["PER"]}},
        box_region(-1),
        box_region(100.1),
        box_region(x=80),
        box_region(y=60.1),
        box_region(width=0),
        box_region(width=0.0000001),
        box_region(height=-5),
        box_region(x=float("nan")),
        box_region(x=True),
        box_region(x="10"),
        box_region(x=None),
        box_region(rotation=45),
        box_region(rotation=None),
        box_region(labels=["cat"]),
        box_region(beside={"image_rotation": 90}),
        box_region(beside={"original_width": 600}),
        box_region(beside={"original_width": 600, "original_height": 0}),
        box_region(beside={"original_width": 600, "original_height": 4.5}),
        box_region(beside={"original_width": 10_000_000, "original_height": 400}),
    ],
)
def test_a_malformed_region_is_refused(region):
    with pytest.raises(MalformedAnswer) as refused:
        CONFIG.validate([region])

    assert refused.value.code == "malformed_answer"


@pytest.mark.parametrize("region", [span_region(0, 3, "Zoë"), span_region(16, 18, ".?")])
def test_a_text_that_was_not_shown_is_refused(region):
    CONFIG.validate([region])

    with pytest.raises(MalformedAnswer):
        CONFIG.validate([region], DATA)


@pytest.mark.parametrize(
    "region", [span_region(0, 3, "Ada", "LOC"), box_region(rectanglelabels=["x"])]
)
def test_an_unknown_label_is_refused(region):
    with pytest.raises(AnswerOutsideChoices) as refused:
        CONFIG.validate([region])

    assert refused.value.code == "answer_outside_choices"
    assert len(refused.value.data["choices"]) == 2


@pytest.mark.parametrize("region", [span_region(0, 3, "Ada"), box_region()])
def test_the_same_region_twice_is_refused(region):
    with pytest.raises(MalformedAnswer):
        CONFIG.validate([region, {**region, "id": "another"}])


def test_one_place_may_have_two_labels():
    result = [span_region(0, 3, "Ada"), span_region(0, 3, "Ada", "ORG")]

    assert CONFIG.validate(result)["spans"] == (span(0, 3, "ORG"), span(0, 3))


def test_regions_are_limited():
    result = [span_region(n, n + 1, "x") for n in range(301)]

    assert len(CONFIG.validate(result[:300])["spans"]) == 300
    with pytest.raises(MalformedAnswer):
        CONFIG.validate(result)


def test_a_number_is_shown_as_its_text():
    assert SPANS.validate([span_region(1, 3, "23")], {"text": 1234})["spans"] == (
        Span(1, 3, "PER", "23"),
    )


@pytest.mark.parametrize(
    "xml",
    [
        TAGS.replace('toName="t"', 'toName="i"'),
        TAGS.replace('toName="i"', 'toName="t"'),
        TAGS.replace('<Label value="PER"/>', "").replace('<Label value="ORG"/>', ""),
        TAGS.replace("PER", "ORG"),
        TAGS.replace("PER", " "),
        TAGS.replace('name="spans"', 'name="spans" choice="multiple"'),
    ],
)
def test_a_malformed_control_is_refused(xml):
    with pytest.raises(MalformedConfig) as refused:
        parse(f"<View>{xml}</View>")

    assert refused.value.code == "malformed_config"


# --- Agreement and consensus ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "a", "b", "expected"),
    [
        ("spans", (), (), 1),
        ("spans", (span(0, 4),), (), 0),
        ("spans", (span(0, 4),), (span(0, 4),), 1),
        ("spans", (span(0, 4),), (span(0, 4, "ORG"),), 0),
        ("spans", (span(0, 4),), (span(4, 8),), 0),
        ("spans", (span(0, 4),), (span(2, 6),), 1 / 3),
        ("spans", (span(0, 4), span(6, 8)), (span(0, 4),), 2 / 3),
        ("spans", (span(0, 4), span(0, 4, "ORG")), (span(0, 4),), 2 / 3),
        ("spans", (span(0, 9),), (span(0, 8), span(1, 9)), 2 * 8 / 9 / 3),
        ("boxes", (box(0, 0, 20, 20),), (box(0, 0, 20, 10),), 0.5),
        ("boxes", (box(0, 0, 20, 20),), (box(10, 10, 30, 30),), 1 / 7),
        ("boxes", (box(0, 0, 20, 20),), (box(0, 50, 20, 70),), 0),
    ],
)
def test_agreement_by_example(name, a, b, expected):
    control = CONFIG.controls[name]

    assert agree(control, a, b) == pytest.approx(expected)
    assert agree(control, b, a) == agree(control, a, b)


def merged(name, *answers, config=CONFIG):
    return config.controls[name].merge(answers)


def test_edges_are_medians_and_labels_the_majority():
    given_answers = [(span(0, 4),), (span(0, 5, "ORG"),), (span(1, 5),)]

    assert merged("spans", *given_answers) == (Span(0, 5, "PER", TEXT[0:5]),)


def test_a_region_stays_that_more_than_half_have():
    a, b, c = box(0, 0, 10, 10), box(50, 50, 60, 60), box(51, 50, 61, 60)

    assert merged("boxes", (a, b), (a, c), (), ()) == ()
    assert merged("boxes", (a, b), (a, c), (b,)) == (a, b)


def test_a_required_control_keeps_what_most_have():
    a, b = box(0, 0, 10, 10), box(50, 50, 60, 60)

    assert merged("boxes", (a,), (b,), (b,), (a,), (b,), (), config=REQUIRED) == (b,)


def test_a_place_with_two_labels_stays_two():
    both = (span(0, 4), span(0, 4, "ORG"))

    assert set(merged("spans", both, both, (span(0, 4),))) == set(both)
    assert merged("spans", both, (span(0, 4),), (span(0, 4),)) == (span(0, 4),)


def test_groups_do_not_drift_along_a_chain():
    chain = [(span(start, start + 6),) for start in (0, 2, 4, 6, 8)]

    assert merged("spans", *chain) == (span(2, 8),)


def test_the_merged_text_is_the_one_shown():
    whole, front, back = span(0, 16), span(0, 12), span(4, 16)

    (found,) = merged("spans", (front,), (whole,), (back,))

    assert found.text == TEXT[found.start : found.end]


spans = st.builds(
    lambda start, length, label: span(start, min(start + length, 17), label),
    *(st.integers(0, 16), st.integers(1, 9), st.sampled_from(["PER", "ORG"])),
)
edges = st.tuples(st.integers(0, 9), st.integers(1, 10)).map(
    lambda pair: (pair[0] * 10, min(pair[0] + pair[1], 10) * 10)
)
boxes = st.builds(
    lambda x, y, label: box(x[0], y[0], x[1], y[1], label),
    *(edges, edges, st.sampled_from(["cat", "dog"])),
)
answers = st.fixed_dictionaries(
    {
        name: st.sets(region, max_size=5).map(lambda chosen: tuple(sorted(chosen)))
        for name, region in [("spans", spans), ("boxes", boxes)]
    }
)
several = st.lists(answers, min_size=1, max_size=5)


@given(answers)
def test_what_is_written_is_read_again(answer):
    assert CONFIG.validate(CONFIG.result(answer), DATA) == answer


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_any_box_survives_writing(x, y, width, height):
    given_box = box_region(x, y, min(width, 100 - x), min(height, 100 - y))
    try:
        answer = CONFIG.validate([given_box])
    except MalformedAnswer:  # smaller than can be told from nothing
        assert min(width, height, 100 - x, 100 - y) < 2 / PERCENT
    else:
        assert CONFIG.validate(CONFIG.result(answer)) == answer


@given(answers, answers)
def test_agreement_is_symmetric_between_0_and_1_and_1_with_itself(a, b):
    for name, control in CONFIG.controls.items():
        assert agree(control, a[name], b[name]) == agree(control, b[name], a[name])
        assert 0 <= agree(control, a[name], b[name]) <= 1
        assert (agree(control, a[name], b[name]) == 1) == (a[name] == b[name])


@given(several, st.randoms())
def test_consensus_is_a_valid_answer_and_blind_to_order(given_answers, chance):
    found = CONFIG.consensus(given_answers)

    assert CONFIG.validate(CONFIG.result(found), DATA) == found
    chance.shuffle(given_answers)
    assert CONFIG.consensus(given_answers) == found


@given(several)
def test_every_answer_twice_is_the_same_consensus(given_answers):
    assert CONFIG.consensus(given_answers * 2) == CONFIG.consensus(given_answers)


@given(answers, st.integers(1, 5))
def test_those_who_agree_are_the_consensus(answer, people):
    assert CONFIG.consensus([answer] * people) == answer
    assert CONFIG.agreement([answer] * people) == 1
