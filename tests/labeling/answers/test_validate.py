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
