"""The set of configurations in configs/ is whole."""

import pytest
from defusedxml.ElementTree import fromstring

from tests.labeling.answers import examples


@pytest.mark.parametrize("name", examples.NAMES)
def test_every_region_names_a_control_of_its_configuration(name):
    example = examples.read(name)

    names = {tag.get("name") for tag in fromstring(example.xml).iter() if tag.get("toName")}
    answers = [example.result, *(one["result"] for one in example.invalid)]
    assert {region["from_name"] for answer in answers for region in answer} <= names


@pytest.mark.parametrize("name", examples.NAMES)
def test_every_refused_answer_differs_from_the_valid_one(name):
    example = examples.read(name)

    assert example.result
    assert all(one["result"] != example.result for one in example.invalid)
    assert len({one["says"] for one in example.invalid}) == len(example.invalid) >= 3
