"""The hotkeys that a configuration names, as far as the labeling page has them.

A key is a single letter or digit there: others are the browser's (Ctrl+1 is a tab), or the page's
own (Space). `form/keys.js` gives another key to what named one that it does not have.
"""

from collections.abc import Iterable, Iterator

from labeling.answers.tag import Tag

KEYS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def lost(tags: Iterable[Tag]) -> tuple[str, ...]:
    """What these tags name as hotkeys and nobody can press: it is no key, it was named before, or
    it stands where no key is asked for."""
    found, given = [], set[str]()
    for named, may_have_one in _named(tags):
        key = named.raw("hotkey").lower()
        if may_have_one and key in KEYS - given:
            given.add(key)
        elif key:
            found.append(named.raw("hotkey")[:50])
    return tuple(found)


def _named(tags: Iterable[Tag]) -> Iterator[tuple[Tag, bool]]:
    for tag in tags:
        yield tag, False
        is_list = tag.raw("layout") != "select" or tag.raw("choice") == "multiple"
        has_keys = tag.name.endswith("Labels") or (tag.name == "Choices" and is_list)
        yield from ((child, has_keys) for child in tag.children)
