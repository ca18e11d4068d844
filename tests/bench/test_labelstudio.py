"""`bench labelstudio`: what label-studio read is held against what was answered."""

from typing import Any

from bench import labelstudio

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
