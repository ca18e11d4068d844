import pytest

from labeling.answers import parse
from labeling.errors import AnswerOutsideChoices, MalformedAnswer, MalformedField, MissingField

CONFIG = parse(
    '<View><Text name="t" value="$text"/><Image name="i" value="$url"/>'
    '<Choices name="one" toName="t" required="true"><Choice value="A"/><Choice value="B"/>'
    '</Choices><Choices name="many" toName="i" choice="multiple"><Choice value="X"/>'
    '<Choice value="Y"/></Choices>'
    '<TextArea name="words" toName="t" maxSubmissions="2"/><Rating name="stars" toName="t"/></View>'
)


def region(name, value, *, to="t", kind="choices", **more):
    return {"from_name": name, "to_name": to, "type": kind, "value": value, **more}


ONE = region("one", {"choices": ["A"]})


def test_a_whole_answer_is_read():
    answers = CONFIG.validate(
        [
            region("one", {"choices": ["B"]}, id="x1", origin="manual"),
            region("many", {"choices": ["Y", "X"]}, to="i"),
            region("words", {"text": ["two", "texts"]}, kind="textarea"),
            region("stars", {"rating": 5}, kind="rating"),
        ]
    )

    assert answers == {"one": ("B",), "many": ("X", "Y"), "words": ("two", "texts"), "stars": 5}


@pytest.mark.parametrize(
    "result",
    [
        None,
        "A",
        {},
        [],
        [None],
        [{}],
        [ONE, ONE],
        [ONE] * 9,
        [region("nobody", {"choices": ["A"]})],
        [region("one", {"choices": ["A", "B"]})],
        [region("one", {"choices": []})],
        [region("one", {"choices": "A"})],
        [region("one", {"choices": [1]})],
        [region("one", {"choices": ["A"], "text": ["A"]})],
        [region("one", ["A"])],
        [region("one", {"choices": ["A"]}, to="i")],
        [region("one", {"choices": ["A"]}, kind="labels")],
        [region("one", {"choices": ["A"]}, extra=1)],
        [region("one", {"choices": ["A"]}, id=["x"])],
        [region("one", {"choices": ["A"]}, origin="a\x00b")],
        [{**ONE, "from_name": ["one"]}],
        [ONE, region("many", {"choices": []}, to="i")],
        [ONE, region("many", {"choices": ["X", "X"]}, to="i")],
        [ONE, region("words", {"text": []}, kind="textarea")],
        [ONE, region("words", {"text": [" "]}, kind="textarea")],
        [ONE, region("words", {"text": "plain"}, kind="textarea")],
        [ONE, region("words", {"text": ["a", "b", "c"]}, kind="textarea")],
        [ONE, region("words", {"text": ["a\x00"]}, kind="textarea")],
        [ONE, region("words", {"text": ["\ud800"]}, kind="textarea")],
        [ONE, region("words", {"text": ["x" * 50_001]}, kind="textarea")],
        [ONE, region("stars", {"rating": True}, kind="rating")],
        [ONE, region("stars", {"rating": 4.5}, kind="rating")],
        [ONE, region("stars", {"rating": "4"}, kind="rating")],
        [region("stars", {"rating": 4}, kind="rating")],
    ],
)
def test_a_malformed_answer_is_refused(result):
    with pytest.raises(MalformedAnswer) as refused:
        CONFIG.validate(result)

    assert refused.value.code == "malformed_answer"


@pytest.mark.parametrize(
    "result",
    [
        [region("one", {"choices": ["C"]})],
        [region("one", {"choices": ["a"]})],
        [ONE, region("many", {"choices": ["X", "Z"]}, to="i")],
        [ONE, region("stars", {"rating": 6}, kind="rating")],
        [ONE, region("stars", {"rating": 0}, kind="rating")],
    ],
)
def test_an_answer_outside_the_choices_is_refused(result):
    with pytest.raises(AnswerOutsideChoices) as refused:
        CONFIG.validate(result)

    assert refused.value.code == "answer_outside_choices"


@pytest.mark.parametrize("data", [{}, {"text": "x"}, {"text": "", "url": "/a"}, {"text": None}])
def test_data_without_a_named_field_is_refused(data):
    with pytest.raises(MissingField) as refused:
        CONFIG.validate_data(data)

    assert refused.value.data["field"] in {"text", "url"}


@pytest.mark.parametrize(
    "data",
    [
        {"text": ["x"], "url": "/a.png"},
        {"text": "x", "url": "javascript:alert(1)"},
        {"text": "x", "url": "//elsewhere.example/a.png"},
        {"text": "x", "url": 5},
    ],
)
def test_data_that_cannot_be_shown_is_refused(data):
    with pytest.raises(MalformedField):
        CONFIG.validate_data(data)


def test_data_may_have_more_than_is_shown():
    CONFIG.validate_data({"text": 5, "url": "https://pictures.example/1.png", "truth": "A"})


EVERY = parse(
    '<View><Audio name="a" value="$a"/><Paragraphs name="p" value="$p" nameKey="who"/>'
    '<HyperText name="h" value="$h"/><List name="l" value="$l"/>'
    '<Ranker name="r" toName="l"/></View>'
)
WHOLE = {
    "a": "data:audio/wav;base64,UklGRg==",
    "p": [{"who": "Ada", "text": "Hi."}, {"text": ""}],
    "h": "<p>x</p>",
    "l": [{"id": "a", "title": "A"}, {"id": 2, "title": "B", "body": "b"}],
}


def test_data_of_every_object_are_taken():
    EVERY.validate_data(WHOLE)

    assert [shown.words(WHOLE) for shown in EVERY.objects.values()] == [
        WHOLE["a"],
        "Ada: Hi.\n",
        "x",
        "a: A\n2: B",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("a", "data:image/png;base64,"),
        ("a", "//elsewhere.example/a.wav"),
        ("p", "Ada: Hi."),
        ("p", [{"who": "Ada"}]),
        ("p", [{"who": 5, "text": "Hi."}]),
        ("p", ["Hi."]),
        ("p", [{"text": "x"}] * 2001),
        ("h", 5),
        ("h", "<script>x</script>"),
        ("l", {"a": "A"}),
        ("l", [{"title": "A"}]),
        ("l", [{"id": "a"}]),
        ("l", [{"id": True, "title": "A"}]),
        ("l", [{"id": "a", "title": ["A"]}]),
        ("l", [{"id": 1, "title": "A"}, {"id": "1", "title": "B"}]),
        ("l", [{"id": n, "title": "A"} for n in range(101)]),
    ],
)
def test_data_of_another_form_are_refused(field, value):
    with pytest.raises(MalformedField) as refused:
        EVERY.validate_data({**WHOLE, field: value})

    assert refused.value.data["field"] == field


@pytest.mark.parametrize("field", ["a", "p", "h", "l"])
def test_empty_data_are_missing(field):
    with pytest.raises(MissingField):
        EVERY.validate_data({**WHOLE, field: [] if field in "pl" else ""})


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -float("inf"), 1e300, True, "5", None, [5], 2**60],
)
def test_what_is_no_finite_number_is_no_number(value):
    config = parse(
        '<View><Text name="t" value="$t"/><Number name="n" toName="t"/><Image name="i" value="$i"/>'
        '<KeyPointLabels name="k" toName="i"><Label value="A"/></KeyPointLabels></View>'
    )
    place = {"x": value, "y": 1, "width": 1, "keypointlabels": ["A"]}

    for answer in (
        region("n", {"number": value}, kind="number"),
        region("k", place, to="i", kind="keypointlabels"),
    ):
        with pytest.raises(MalformedAnswer):
            config.validate([answer])
