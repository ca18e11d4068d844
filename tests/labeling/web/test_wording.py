"""Tasks and answers in plain words, of every kind that there is."""

import pytest

from labeling.answers import parse
from labeling.media import addresses
from labeling.web import wording
from tests.labeling.answers import examples


@pytest.mark.parametrize("name", examples.NAMES)
def test_every_answer_and_task_has_words(name):
    example = examples.read(name)
    config = parse(example.xml)

    said = wording.of_answer(config, example.result)
    seen = wording.of_task(config, example.data, addresses.own(1))

    assert len(said) == len(example.result)
    assert not any("{" in one.text or not one.text for one in [*said, *seen])


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("choices", 0, "Positive"),
        ("taxonomy", 0, "Animal / Bird / Heron; Place / Lake"),
        ("text-spans", 0, "Person: Zoë"),
        ("audio-segments", 0, "Speech: 0.25–0.90 s"),
        ("polygons", 0, "Roof: 10 %, 20 %; 30 %, 20 %; 30 %, 40 %; 10 %, 40 %"),
        ("pairwise", 0, "the first one"),
        ("ranker", 0, "order: soup, 4, cod, pie"),
        ("hypertext", 1, "Time: at six.\nBring"),
        ("region-conditions", 2, "dog"),
    ],
)
def test_by_example(name, number, words):
    example = examples.read(name)

    said = wording.of_answer(parse(example.xml), example.result)

    assert said[number].text == words


def test_markup_is_shown_as_its_text():
    example = examples.read("hypertext")

    (seen,) = wording.of_task(parse(example.xml), example.data, addresses.own(1))

    assert seen.text.startswith("FerriesThe Nordlys sails at six.\n")
