"""The consensus is what is likeliest, its confidence that of what is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.answers import overlap, parse
from labeling.answers.per_region import Of
from labeling.answers.regions.shapes import Box
from labeling.handout import submissions
from labeling.judging import consensus, quality
from labeling.models import ReputationEvent, Task
from tests.labeling import house
from tests.labeling.answers.strategies import ANSWERS, CONFIG
from tests.labeling.answers.test_conditions import ASKED, MARKED, by_region, whole

BOXES = parse(
    '<View><Image name="image" value="$image"/><RectangleLabels name="cats" toName="image">'
    '<Label value="Cat"/></RectangleLabels><Choices name="size" toName="image" perRegion="true">'
    '<Choice value="Small"/><Choice value="Large"/></Choices></View>'
)
REMARKED = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text" required="true">'
    '<Choice value="Good"/><Choice value="Bad"/></Choices>'
    '<TextArea name="remark" toName="text"/></View>'
)
WRITTEN = (
    '<View><Text name="text" value="$text"/><TextArea name="in_french" toName="text"'
    ' required="true"/></View>'
)
STARS = parse('<View><Text name="t" value="$t"/><Rating name="stars" toName="t"/></View>')

CAT, TWIN, DOG = (Box(left, 0, left + 1_000, 1_000, "Cat") for left in (0, 100, 5_000))


def found(config, given, accuracies):
    return consensus.of(config, given, accuracies)


def test_boxes_of_somebody_known_to_be_right_outweigh_those_of_two_who_are_not():
    good = {"cats": (CAT,), "size": ((Of("cats", CAT), ("Large",)),)}

    one = found(BOXES, [{"cats": ()}, {"cats": ()}, good], [0.3, 0.3, 0.95])

    assert one.answers == good
    assert one.confidence == pytest.approx(0.82, abs=0.01)
    assert one.scores == [0, 0, 1]
    assert one.chances[0] == one.chances[1] < 0.2 < 0.8 < one.chances[2]


def test_boxes_that_most_have_are_merged_of_all_answers():
    one = found(BOXES, [{"cats": (CAT,)}, {"cats": (TWIN,)}, {"cats": (CAT, DOG)}], [0.8] * 3)

    assert one.answers == {"cats": (CAT,)}
    assert one.confidence > 0.99


def test_where_no_two_mark_the_same_the_consensus_is_not_sure_of_what_nobody_said():
    one = found(BOXES, [{"cats": (CAT,)}, {"cats": (DOG,)}], [0.8, 0.8])

    assert one.answers == {"cats": ()}
    assert one.confidence < 0.01
    assert one.chances == [None, None]


def test_of_two_who_mark_different_things_the_one_known_better_is_followed():
    one = found(BOXES, [{"cats": (CAT,)}, {"cats": (DOG,)}], [0.8, 0.9])

    assert (one.answers, one.scores) == ({"cats": (DOG,)}, [0, 1])


def test_what_was_said_of_regions_that_nobody_else_has_is_left_out():
    mouse = Box(9_000, 9_000, 9_500, 9_500, "Cat")
    answers = [
        {"cats": (CAT, other), "size": ((Of("cats", other), ("Large",)),)} for other in (DOG, mouse)
    ]

    one = found(BOXES, answers, [0.8, 0.8])

    assert one.answers == {"cats": (CAT,)}
    assert one.confidence > 0.9


def test_the_median_of_many_does_not_hide_who_is_likelier():
    one = found(STARS, [{"stars": 1}, {"stars": 1}, {"stars": 5}], [0.5, 0.5, 0.99])

    assert one.answers == {"stars": 5}


def test_a_remark_that_most_leave_out_makes_nobody_unsure():
    config = parse(REMARKED)
    good, remarked = {"mood": ("Good",)}, {"mood": ("Good",), "remark": ("A typo in line 3.",)}

    one = found(config, [good, remarked, good], [0.8] * 3)

    assert one.answers == good
    assert one.confidence > 0.98
    assert one.chances == [pytest.approx(64 / 65)] * 3


@pytest.mark.django_db
def test_a_remark_asks_for_no_more_answers():
    made = house.opened(config=REMARKED, overlap=3, overlap_max=7, confidence=0.95)
    value = {"text": ["A typo in line 3."]}
    remark = {"from_name": "remark", "to_name": "text", "type": "textarea", "value": value}

    for extra in ([], [remark], []):
        who = house.labeler()
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=[*house.answer(), *extra])
    quality.judge()

    assert list(Task.objects.values_list("state", "done_count")) == [("JUDGED", 3)]


@pytest.mark.django_db
def test_who_writes_in_their_own_words_is_neither_right_nor_wrong():
    made = house.opened(config=WRITTEN, overlap=3)
    texts = ["Il fait beau.", "Quel temps superbe", "Journée ensoleillée!"]

    for text in texts:
        who = house.labeler()
        lease = house.take(made, who)
        region = {"from_name": "in_french", "to_name": "text", "type": "textarea"}
        submissions.submit(
            lease.id, labeler_id=who.pk, result=[{**region, "value": {"text": [text]}}]
        )
    quality.judge()

    assert Task.objects.get().state == "JUDGED"
    assert not ReputationEvent.objects.exists()


def test_who_writes_something_else_than_the_others_is_likely_wrong():
    answers = [{"in_french": (text,)} for text in ("Il fait beau.", "il fait beau", "AAAAAAA")]

    one = found(parse(WRITTEN), answers, [0.8] * 3)

    assert one.chances[0] == one.chances[1] > 0.98
    assert one.chances[2] < 0.02


WAYS = {
    **{
        name: (CONFIG, one.map(lambda answer, name=name: {name: answer}))
        for name, one in ANSWERS.items()
    },
    "asked": (ASKED, whole),
    "by region": (MARKED, by_region),
}


@pytest.mark.parametrize("way", list(WAYS))
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_consensus_is_a_valid_answer_with_its_chance_whatever_the_order(way, data):
    config, answers = WAYS[way]
    votes = data.draw(st.lists(st.tuples(answers, st.floats(0, 1)), min_size=1, max_size=5))
    mixed = data.draw(st.permutations(votes))

    one = found(config, [answer for answer, _ in votes], [accuracy for _, accuracy in votes])
    other = found(config, [answer for answer, _ in mixed], [accuracy for _, accuracy in mixed])

    assert one.answers == other.answers
    assert one.confidence == pytest.approx(other.confidence)
    written = config.result(one.answers)
    if written or any(control.may_be_empty for control in config.controls.values()):
        assert {**config.validate(written), **one.answers} == config.validate(written)
    chances = [chance for chance in one.chances if chance is not None]
    assert all(0 <= share <= 1 for share in [one.confidence, *one.scores, *chances])


def test_any_two_answers_are_compared_once(monkeypatch):
    given = [{"cats": (Box(left, 0, left + 900, 1_000, "Cat"),)} for left in range(0, 600, 100)]
    compared, real = [], overlap.agreement
    monkeypatch.setattr(
        overlap, "agreement", lambda a, b: compared.append(frozenset([a, b])) or real(a, b)
    )

    made = consensus.of(BOXES, given, [0.8] * 6)

    assert len(compared) == len(set(compared)) > 6 * 5 // 2
    monkeypatch.undo()
    assert made == consensus.of(BOXES, given, [0.8] * 6)
    assert made.agreement == BOXES.agreement(given)
    assert made.scores == [BOXES.score(one, made.answers) for one in given]
