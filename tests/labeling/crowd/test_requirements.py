"""Expressions over skills: what they mean, what they say to people, and what is no expression."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.crowd import requirements
from labeling.crowd.requirements import All, Any, Holds, Not, Requirement
from labeling.errors import MalformedRequirement
from labeling.models import rules
from labeling.models.skill import Skill

ORDER = "french >= 80 and not spammer or (medical and images >= 60)"

SKILLS = ["french", "medical", "images", "a-1", "2d"]
holds = st.builds(
    Holds,
    st.sampled_from(SKILLS),
    st.sampled_from(list(requirements.COMPARISONS)),
    st.integers(0, 100),
) | st.builds(Holds, st.sampled_from(SKILLS))


def _groups(parts):
    some = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(All, some) | st.builds(Any, some) | st.builds(Not, parts)


expressions = st.recursive(holds, _groups, max_leaves=12)
values = st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 100))


def test_the_example_is_read_as_it_is_written():
    found = requirements.parse(ORDER)

    assert found.expression == Any(
        (
            All((Holds("french", ">=", 80), Not(Holds("spammer")))),
            All((Holds("medical"), Holds("images", ">=", 60))),
        )
    )
    assert str(found) == "french >= 80 and not spammer or medical and images >= 60"
    assert found.skills == {"french", "spammer", "medical", "images"}


@pytest.mark.parametrize(
    ("held", "is_met"),
    [
        ({"french": 80}, True),
        ({"french": 79}, False),
        ({"french": 80, "spammer": 0}, False),
        ({"french": 80, "spammer": 0, "medical": 1, "images": 60}, True),
        ({"medical": 1}, False),
        ({}, False),
    ],
)
def test_the_example_is_met_by_who_has_what_it_asks_for(held, is_met):
    assert requirements.parse(ORDER).met_by(held) is is_met


@pytest.mark.parametrize(
    ("comparison", "met"),
    [
        (">=", [50, 51]),
        (">", [51]),
        ("<=", [49, 50]),
        ("<", [49]),
        ("==", [50]),
        ("!=", [49, 51]),
    ],
)
def test_each_comparison(comparison, met):
    asked = requirements.parse(f"french{comparison}50")

    assert [value for value in (49, 50, 51) if asked.met_by({"french": value})] == met
    assert not asked.met_by({})  # to compare it one must have it


def test_nothing_asked_is_met_by_everybody():
    for text in ("", " \n\t"):
        found = requirements.parse(text)

        assert found == Requirement()
        assert (str(found), found.skills, found.missing({})) == ("", set(), [])
        assert found.met_by({})


def test_words_may_be_written_in_capitals_and_skills_may_hold_words():
    found = requirements.parse("NOT android Or 3d-notes")

    assert found.expression == Any((Not(Holds("android")), Holds("3d-notes")))


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("french >=", 10, "a whole number from 0 to 100 is expected, but the text ends"),
        ("french >= 101", 11, "a whole number from 0 to 100 is expected, not 101"),
        ("french >= -5", 11, "not -5"),
        ("french = 5", 8, "'=' has no meaning here; is == meant?"),
        ("french medical", 8, "and, or, or the end is expected, not medical"),
        ("(french", 8, "the ) to the ( at character 1 is expected, but the text ends"),
        ("french)", 7, "not )"),
        ("and french", 1, "a skill such as french, in small letters is expected, not and"),
        ("French", 1, "not French"),
        ("80 <= french", 1, "not 80"),
        ("a or", 5, "but the text ends"),
        ("été", 1, "'é' has no meaning here"),
        ("a and 'b'", 7, "has no meaning here"),
        ("not " * 21 + "a", 85, "more than 20 levels are too deep"),
        ("(" * 21 + "a" + ")" * 21, 22, "more than 20 levels are too deep"),
        ("a" * 61, 1, "a skill such as french"),
        ("a" * 1001, 1001, "at most 1000 characters"),
    ],
)
def test_what_cannot_be_read_says_where(text, position, words):
    with pytest.raises(MalformedRequirement) as refused:
        requirements.parse(text)

    assert refused.value.data["position"] == position
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "held", "sentences"),
    [
        (ORDER, {"french": 90}, []),
        ("french", {}, ["You need french."]),
        ("french >= 80", {}, ["You need french of at least 80."]),
        ("french >= 80", {"french": 70}, ["You need french of at least 80; yours is 70."]),
        ("not spammer", {"spammer": 1}, ["This is for people who have no spammer."]),
        (
            "french and medical and medical",
            {},
            ["You need french.", "You need medical."],
        ),
        (
            ORDER,
            {},
            [
                "You need one of these: french of at least 80 and no spammer; "
                "medical and images of at least 60."
            ],
        ),
        (
            "not (a or b > 5)",
            {"a": 1, "b": 6},
            [
                "This is for people who have no a.",
                "This is for people who have no b of more than 5.",
            ],
        ),
    ],
)
def test_people_are_told_what_they_lack(text, held, sentences):
    assert requirements.parse(text).missing(held) == sentences


@given(expressions)
def test_what_is_printed_parses_to_the_same(expression):
    asked = Requirement(expression)

    assert requirements.parse(str(asked)) == asked


@given(expressions, expressions, values)
def test_de_morgan_holds(one, other, held):
    assert Not(All((one, other))).met_by(held) == Any((Not(one), Not(other))).met_by(held)
    assert Not(Any((one, other))).met_by(held) == All((Not(one), Not(other))).met_by(held)
    assert Not(Not(one)).met_by(held) == one.met_by(held)


@given(expressions, values)
def test_something_is_missing_exactly_when_it_is_not_met(expression, held):
    asked = Requirement(expression)

    assert bool(asked.missing(held)) != asked.met_by(held)


@given(st.sampled_from(SKILLS), st.integers(0, 100), values)
def test_less_is_not_at_least_among_those_who_have_it(skill, number, held):
    less, at_least = Holds(skill, "<", number), Holds(skill, ">=", number)

    assert less.met_by(held) == (skill in held and not at_least.met_by(held))


@given(st.text() | st.text("abAND orntx 019()<>=!-\t", max_size=60))
def test_any_text_is_a_requirement_or_malformed_at_a_place_in_it(text):
    try:
        found = requirements.parse(text)
    except MalformedRequirement as error:
        refused = error.data["position"]
        found = Requirement()
    else:
        refused = 1

    assert 1 <= refused <= len(text) + 1
    assert all(requirements.is_skill(skill) for skill in found.skills)
    assert requirements.parse(str(found)) == found


def test_the_limits_are_those_of_the_columns():
    assert requirements.TEXT_CHARACTERS == rules.REQUIREMENTS_CHARACTERS
    assert Skill._meta.get_field("slug").max_length == requirements.SKILL_CHARACTERS
