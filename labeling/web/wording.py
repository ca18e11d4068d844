"""Tasks and answers as a page shows them: plain words, made here so that no script is needed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling.answers import Config
from labeling.answers.control import Control
from labeling.answers.numbers import Rating
from labeling.answers.objects import Image, Media, Own, Shown
from labeling.answers.per_region import PerRegion
from labeling.answers.tag import Option
from people import locales


@dataclass(frozen=True)
class Said:
    """What an answer says to one control."""

    name: str
    text: str


@dataclass(frozen=True)
class Seen:
    """One object of a task: its text, or an image or a recording by its address on our origin."""

    text: str
    address: str = ""
    is_image: bool = False


def of_answer(config: Config, result: Any) -> list[Said] | None:
    """A sentence for each region, none where there was nothing to mark; None for no answer."""
    if result is None:
        return None
    return [
        Said(region["from_name"].replace("_", " "), _words(config, region)) for region in result
    ]


def _words(config: Config, region: dict[str, Any]) -> str:
    value, kind = region["value"], region["type"]
    control = config.controls.get(region["from_name"])
    asked = control.asked if isinstance(control, PerRegion) else control
    if kind in WHOLE:
        return WHOLE[kind](asked, value)
    if kind in PARTS:
        labels = ", ".join(_shown(asked, label) for label in value[kind])
        return f"{labels}: {PARTS[kind](value)}"
    return json.dumps(value, ensure_ascii=False)


def _shown(control: Control | None, result: str) -> str:
    """The words of a choice or label where its alias stands."""
    waiting: list[Option] = list(getattr(control, "options", ()))
    while waiting:
        option = waiting.pop()
        if option.result == result:
            return option.words
        waiting += option.children
    return result


def _choices(control: Control | None, value: dict[str, Any]) -> str:
    return ", ".join(_shown(control, one) for one in value["choices"])


def _taxonomy(control: Control | None, value: dict[str, Any]) -> str:
    paths = ([_shown(control, one) for one in path] for path in value["taxonomy"])
    return "; ".join(" / ".join(path) for path in paths)


def _rating(control: Control | None, value: dict[str, Any]) -> str:
    if not isinstance(control, Rating):
        return str(value["rating"])
    return _("%(part)s of %(all)s") % {"part": value["rating"], "all": control.stars}


def _pairwise(_control: Control | None, value: dict[str, Any]) -> str:
    return _("the first one") if value["selected"] == "left" else _("the second one")


def _ranker(_control: Control | None, value: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {', '.join(ids)}" for name, ids in value["ranker"].items())


WHOLE: dict[str, Callable[[Control | None, dict[str, Any]], str]] = {
    "choices": _choices,
    "taxonomy": _taxonomy,
    "textarea": lambda _control, value: "\n".join(value["text"]),
    "number": lambda _control, value: locales.exact(value["number"]),
    "rating": _rating,
    "datetime": lambda _control, value: str(value["datetime"]),
    "pairwise": _pairwise,
    "ranker": _ranker,
}


def _segment_or_text(value: dict[str, Any]) -> str:
    if "text" in value:
        return str(value["text"])
    edges = "–".join(locales.score(value[side]) for side in ("start", "end"))
    return _("%(count)s s") % {"count": edges}


def _box(value: dict[str, Any]) -> str:
    said = _("%(width)s %% by %(height)s %%, %(x)s %% from the left, %(y)s %% from the top")
    return said % {name: round(value[name]) for name in ("x", "y", "width", "height")}


PARTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "labels": _segment_or_text,
    "paragraphlabels": _segment_or_text,
    "hypertextlabels": _segment_or_text,
    "rectanglelabels": _box,
    "polygonlabels": lambda value: "; ".join(f"{x:.0f} %, {y:.0f} %" for x, y in value["points"]),
    "keypointlabels": lambda value: f"{value['x']:.0f} %, {value['y']:.0f} %",
}


def of_task(config: Config, data: dict[str, Any], own: Own) -> list[Seen]:
    """What its labelers saw, in the order of the configuration."""
    return [_seen(shown, data, own) for shown in config.objects.values()]


def _seen(shown: Shown, data: dict[str, Any], own: Own) -> Seen:
    words = shown.words(data)
    if not isinstance(shown, Media):
        return Seen(words)
    return Seen(words, address=own(words), is_image=isinstance(shown, Image))
