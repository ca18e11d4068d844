"""A project's configuration as the labeling page's script reads it."""

from functools import lru_cache
from typing import Any

from labeling import answers
from labeling.answers.controls import TEXT_LIMIT, Choices, Control, Rating, TextArea
from labeling.answers.regions import Marks


@lru_cache(maxsize=256)
def describe(config: str) -> dict[str, Any]:
    """Objects and controls in the order written, as plain data; the parsing was done here."""
    parsed = answers.parse(config)
    return {
        "objects": [
            {"tag": type(shown).__name__, "name": shown.name, "field": shown.field}
            for shown in parsed.objects.values()
        ],
        "controls": [_control(control) for control in parsed.controls.values()],
    }


def _control(control: Control) -> dict[str, Any]:
    common = {
        "tag": type(control).__name__,
        "name": control.name,
        "to": control.to_name,
        "required": control.required,
    }
    match control:
        case Choices():
            return common | {"choices": list(control.choices), "multiple": control.multiple}
        case Rating():
            return common | {"stars": control.stars}
        case TextArea():
            return common | {"texts_limit": control.submissions_limit, "max_length": TEXT_LIMIT}
        case Marks():
            return common | {"labels": list(control.labels), "regions_limit": control.regions_limit}
        case _:
            return common
