"""Which hotkeys of a configuration the labeling page has."""

import pytest

from labeling.answers import parse
from tests.labeling.answers import examples

TEXT = '<Text name="t" value="$text"/>'


def lost(inside: str) -> tuple[str, ...]:
    return parse(f"<View>{TEXT}{inside}</View>").lost_hotkeys


def choices(*keys: str, more: str = "") -> str:
    made = (f'<Choice value="v{number}" hotkey="{key}"/>' for number, key in enumerate(keys))
    return f'<Choices name="c" toName="t" {more}>{"".join(made)}</Choices>'


@pytest.mark.parametrize("key", ["a", "i", "z", "Z", "0", "9"])
def test_a_letter_or_a_digit_is_a_key(key):
    assert lost(choices(key)) == ()


@pytest.mark.parametrize("key", ["ctrl+1", "space", "F1", " ", "+", "é", "ж", "٣"])
def test_anything_else_is_none(key):
    assert lost(choices(key, "b")) == (key,)


def test_a_key_is_one_choices_own():
    labels = '<Labels name="l" toName="t"><Label value="L" hotkey="b"/></Labels>'

    assert lost(choices("a", "b", "A") + labels) == ("A", "b")


def test_a_key_is_lost_where_none_is_asked_for():
    tree = '<Taxonomy name="x" toName="t"><Choice value="A" hotkey="q"/></Taxonomy>'
    words = '<TextArea name="w" toName="t" hotkey="e"/>'

    assert lost(tree + words) == ("q", "e")
    assert lost(choices("a", more='layout="select"')) == ("a",)
    assert lost(choices("a", more='layout="select" choice="multiple"')) == ()


@pytest.mark.parametrize("name", examples.NAMES)
def test_the_set_of_configurations_names_no_key_in_vain(name):
    assert parse(examples.read(name).xml).lost_hotkeys == ()
