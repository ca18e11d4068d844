"""Which scripts a configuration needs: the page asks for them before it reads the configuration."""

import re
from functools import lru_cache

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
    "Audio": ["image", "audio"],
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
CORE = (
    *("words.js", "labeling/api.js", "labeling/elements.js", "labeling/lease.js"),
    *("labeling/outbox.js", "labeling/shelf.js", "labeling/store.js"),
    *("labeling/form/config.js", "labeling/form/families.js", "labeling/form/form.js"),
    "labeling/form/keys.js",
)
TAG = re.compile(r"<([A-Za-z]+)")


@lru_cache(maxsize=256)
def scripts(config: str) -> list[str]:
    """The static files that a page with this configuration runs, besides its own."""
    used = TAG.findall(config)
    wanted = [name for tag in used for name in TAGS.get(tag, [])]
    if any(tag.endswith("Labels") for tag in used):
        wanted += [name for tag in used for name in SURFACES.get(tag, [])]
    return [*CORE, *(f"labeling/form/{name}.js" for name in dict.fromkeys(wanted))]
