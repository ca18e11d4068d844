"""Which scripts a configuration needs: the page asks for them before it reads the configuration."""

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from django.templatetags.static import static

# The modules in static/labeling/form that draw each tag, and that mark each object.
TAGS: dict[str, list[str]] = {
    "Choices": ["choices"],
    "Rating": ["choices"],
    "TextArea": ["fields"],
    "Number": ["fields"],
    "DateTime": ["fields"],
    "Taxonomy": ["taxonomy"],
    "Pairwise": ["pairwise"],
    "List": ["ranker"],
    "Ranker": ["ranker"],
    "Image": ["image"],
    "Audio": ["audio"],
    "HyperText": ["spans", "hypertext"],
    "Paragraphs": ["spans", "paragraphs"],
    "Labels": ["regions"],
    "HyperTextLabels": ["regions"],
    "ParagraphLabels": ["regions"],
    "RectangleLabels": ["regions"],
    "PolygonLabels": ["regions"],
    "KeyPointLabels": ["regions"],
}
SURFACES: dict[str, list[str]] = {
    "Text": ["spans"],
    "HyperText": ["spans"],
    "Paragraphs": ["spans"],
    "Image": ["shapes"],
    "Audio": ["segments"],
}
# Every labeling page needs these: they are sent as one file, each behind those it imports from.
CORE = (
    *("words.js", "labeling/api.js", "labeling/device.js", "labeling/elements.js"),
    *("labeling/lease.js", "labeling/store.js", "labeling/outbox.js", "labeling/form/media.js"),
    *("labeling/shelf.js", "labeling/form/config.js", "labeling/form/families.js"),
    *("labeling/form/keys.js", "labeling/form/form.js", "labeling/work.js"),
)
BUNDLE = "labeling/form/working.js"  # beside the modules that it brings when they are needed
FORM = "labeling/form/"
TAG = re.compile(r"<([A-Za-z]+)")
CONDITION = re.compile(r"\b(?:visibleWhen|perRegion|whenChoiceValue)\s*=", re.IGNORECASE)


@lru_cache(maxsize=256)
def modules(config: str) -> dict[str, Any]:
    """What the page's script is told: the modules of each tag and surface, and the names under
    which those are served that this configuration needs."""
    names = [PurePosixPath(path).stem for path in scripts(config)]
    served = {name: PurePosixPath(static(f"{FORM}{name}.js")).stem for name in names}
    return {"tags": TAGS, "surfaces": SURFACES, "served": served}


@lru_cache(maxsize=256)
def scripts(config: str) -> list[str]:
    """The static files that a page with this configuration runs, besides the bundle."""
    used = TAG.findall(config)
    wanted = [name for tag in used for name in TAGS.get(tag, [])]
    if any(tag.endswith("Labels") for tag in used):
        wanted += [name for tag in used for name in SURFACES.get(tag, [])]
    if CONDITION.search(config):
        wanted.append("conditions")
    return [f"{FORM}{name}.js" for name in dict.fromkeys(wanted)]
