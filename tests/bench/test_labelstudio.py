"""`bench labelstudio`: what label-studio read is held against what was answered."""

import json
from typing import Any

import pytest

from bench import labelstudio
from labeling.data import exports, imports
from labeling.handout import submissions
from labeling.orders import projects
from tests.labeling import house
from tests.labeling.answers import examples

ANSWER = [
    {
        "from_name": "things",
        "type": "rectanglelabels",
        "original_width": 240,
        "original_height": 160,
        "value": {"x": 10, "width": 20, "rectanglelabels": ["Box"]},
    },
    {"from_name": "sure", "type": "rating", "value": {"rating": 3}},
]
BOX = {**ANSWER[0]["value"], "type": "RectangleLabels"}  # type: ignore[dict-item]
SIDES = {"original_width": 240, "original_height": 160}


def told(*, box: dict[str, Any], rating: int = 3, more: int = 0) -> dict[str, Any]:
    rating_value = {"rating": rating, "type": "Rating"}
    return {
        "values": [{"things": [box], "sure": [rating_value] * (1 + more)}],
        "typed": [[{"x": 10.0}, None]],
        "refused": [],
    }


def test_every_value_must_be_read_as_it_was_answered():
    whole = labelstudio._compared(ANSWER, told(box={**BOX, **SIDES}))
    other_rating = labelstudio._compared(ANSWER, told(box={**BOX, **SIDES}, rating=2))
    no_sides = labelstudio._compared(ANSWER, told(box=BOX))
    one_more = labelstudio._compared(ANSWER, told(box={**BOX, **SIDES}, more=1))

    assert whole == {"regions": 2, "identical": 2, "refused": []}
    assert [one["identical"] for one in (other_rating, no_sides, one_more)] == [1, 1, 1]


def test_the_reader_is_locked_by_version_and_hash():
    lines = labelstudio.REQUIREMENTS.read_text().splitlines()

    names = [line for line in lines if line and line[0] not in " #"]
    assert any(line.startswith("label-studio-sdk==") for line in names)
    assert all("==" in line and line.endswith("\\") for line in names)
    assert not any("://" in line for line in lines)


@pytest.mark.django_db
@pytest.mark.parametrize("name", examples.NAMES)
def test_what_is_exported_is_what_label_studio_has_read(name):
    """`./stipend bench labelstudio` reads anew what has changed, and keeps that."""
    example, kept = examples.read(name), json.loads(labelstudio.KEPT.read_text())["read"][name]
    made = house.project(config=example.xml)
    imports.load(made, rows=[example.data])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    labeler = house.labeler()
    lease = house.take(made, labeler)
    submissions.submit(lease.id, labeler_id=labeler.pk, result=example.result)

    _, parts = exports.stream(made, kind="json")

    export = json.loads(b"".join(parts))
    assert labelstudio.digest(example.xml, export) == kept["digest"]
    found = labelstudio._compared(example.result, kept)
    assert found["identical"] == found["regions"] > 0
    assert bool(found["refused"]) == (name == "pairwise")  # docs/measured.md says why
