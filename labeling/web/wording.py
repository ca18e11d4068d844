"""Tasks and answers as a page shows them: plain words, made here so that no script is needed."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling.answers import Config
from labeling.answers.controls import Rating
from labeling.answers.objects import Image


@dataclass(frozen=True)
class Said:
    """What an answer says to one control."""

    name: str
    text: str


@dataclass(frozen=True)
class Seen:
    """One object of a task: its text, or an image by its address."""

    text: str
    is_image: bool


def of_answer(config: Config, result: Any) -> list[Said] | None:
    """A sentence for each region, none where there was nothing to mark; None for no answer."""
    if result is None:
        return None
    return [
        Said(region["from_name"].replace("_", " "), _words(config, region)) for region in result
    ]


def _words(config: Config, region: dict[str, Any]) -> str:
    value = region["value"]
    match region["type"]:
        case "choices":
            return ", ".join(value["choices"])
        case "textarea":
            return "\n".join(value["text"])
        case "rating":
            control = config.controls.get(region["from_name"])
            if not isinstance(control, Rating):
                return str(value["rating"])
            return _("%(part)s of %(all)s") % {"part": value["rating"], "all": control.stars}
        case "labels":
            return f"{', '.join(value['labels'])}: {value['text']}"
        case "rectanglelabels":
            place = _(
                "%(width)s %% by %(height)s %%, %(x)s %% from the left, %(y)s %% from the top"
            )
            said = place % {name: round(value[name]) for name in ("x", "y", "width", "height")}
            return f"{', '.join(value['rectanglelabels'])}: {said}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def of_task(config: Config, data: dict[str, Any]) -> list[Seen]:
    """What its labelers saw, in the order of the configuration."""
    return [
        Seen(text=str(data.get(shown.field, "")), is_image=isinstance(shown, Image))
        for shown in config.objects.values()
    ]
