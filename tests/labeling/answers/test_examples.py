"""The set of configurations in configs/: each answer is read, kept and refused as it says."""

from collections import Counter

import pytest

from labeling.answers import parse, parser
from labeling.answers.objects import OBJECTS
from labeling.errors import LabelingError, MalformedAnswer
from tests.labeling.answers import examples

REFUSED = [
    pytest.param(name, number, id=f"{name}: {one['says']}")
    for name in examples.NAMES
    for number, one in enumerate(examples.read(name).invalid)
]


def renamed(result):
    """The regions in one order, with the ids that the room gives: by control, counted."""
    counts, ids = Counter(), {}
    for region in result:
        name = region["from_name"]
        if region["id"] not in ids:
            ids[region["id"]] = f"{name}:{counts[name]}" if counts[name] else name
            counts[name] += 1
    named = [{**region, "id": ids[region["id"]]} for region in result]
    for region in named:
        region.pop("origin", None)
    return sorted(named, key=lambda region: (region["from_name"], region["id"]))


def test_every_tag_is_in_the_set():
    xml = "".join(examples.read(name).xml for name in examples.NAMES)

    tags = [*OBJECTS, *parser.NAMES, *parser.LAYOUT, "Choice", "Label", "Bucket"]
    assert [tag for tag in tags if f"<{tag}" not in xml] == []
    assert len(examples.NAMES) >= 14


@pytest.mark.parametrize("name", examples.NAMES)
def test_an_answer_is_read_and_written_again(name):
    example = examples.read(name)
    config = parse(example.xml)

    config.validate_data(example.data)
    answers = config.validate(example.result, example.data)

    assert config.validate(example.result) == answers
    written = config.result(answers)
    assert config.validate(written, example.data) == answers
    assert renamed(written) == renamed(example.result)


@pytest.mark.parametrize(("name", "number"), REFUSED)
def test_an_invalid_answer_is_refused(name, number):
    example = examples.read(name)
    invalid = example.invalid[number]

    with pytest.raises(MalformedAnswer) as refused:
        parse(example.xml).validate(invalid["result"], example.data)

    assert refused.value.code == invalid["code"], str(refused.value)


@pytest.mark.parametrize(
    "malformed", examples.MALFORMED, ids=[one["says"] for one in examples.MALFORMED]
)
def test_a_malformed_configuration_is_refused(malformed):
    with pytest.raises(LabelingError) as refused:
        parse(malformed["xml"])

    assert refused.value.code == malformed["code"], str(refused.value)
