"""A result's regions, checked one by one and sorted by the controls that they answer."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from labeling.answers.control import Control, Region
from labeling.answers.per_region import Located, Of, PerRegion
from labeling.answers.regions.marks import Marks
from labeling.answers.tag import plain_number
from labeling.errors import MalformedAnswer

REGION_KEYS = {
    *("id", "from_name", "to_name", "type", "value", "origin", "score", "readonly", "hidden"),
    *("original_width", "original_height", "image_rotation", "original_length"),
}
NAMING_KEYS = ("from_name", "to_name", "type")
FIELD_CHARACTERS = 200

Controls = Mapping[str, Control]


def by_control(result: Any, controls: Controls) -> dict[str, list[Region]]:
    """The regions of each control, no more than it can have; raises MalformedAnswer."""
    if not isinstance(result, list):
        raise MalformedAnswer("result is a list of regions.")
    if len(result) > sum(control.regions_limit for control in controls.values()):
        raise MalformedAnswer("More regions than the controls can have.")
    regions_of: dict[str, list[Region]] = defaultdict(list)
    for region in result:
        regions_of[_control_of(region, controls).name].append(region)
    for name, regions in regions_of.items():
        limit = controls[name].regions_limit
        if len(regions) > limit:
            if limit == 1:
                raise controls[name].malformed("answered twice.")
            raise controls[name].malformed("more than %(limit)s regions.", limit=limit)
    return regions_of


def _control_of(region: Any, controls: Controls) -> Control:
    if not isinstance(region, dict):
        raise MalformedAnswer("A region is an object.")
    unknown = region.keys() - REGION_KEYS
    if unknown:
        raise MalformedAnswer("A region has no %(key)s.", key=repr(min(unknown)[:50]))
    if not all(isinstance(region.get(key), str) for key in NAMING_KEYS):
        raise MalformedAnswer("A region needs from_name, to_name and type.")
    if not all(_is_plain(region[key]) for key in region if key != "value"):
        raise MalformedAnswer("A region's own fields are short texts or numbers.")
    control = controls.get(region["from_name"])
    if control is None:
        name = region["from_name"][:100]
        raise MalformedAnswer("There is no control %(name)s.", name=name)
    if region["to_name"] != control.to_name:
        raise control.malformed("it is about %(object)s.", object=repr(control.to_name))
    if region["type"] != control.type:
        raise control.malformed("it is of type %(type)s.", type=control.type)
    return control


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= FIELD_CHARACTERS and value.isprintable()
    return value is None or isinstance(value, bool) or plain_number(value)


def located(
    regions_of: Mapping[str, list[Region]], controls: Controls
) -> dict[str | float, Located]:
    """The marked regions by id, where a control asks about them; raises MalformedAnswer.

    No two regions share an id, but an answer by region and its region.
    """
    by_region = any(isinstance(control, PerRegion) for control in controls.values())
    found: dict[str | float, Located] = {}
    seen = set()
    for name, regions in regions_of.items():
        control = controls[name]
        for region in [] if isinstance(control, PerRegion) else regions:
            given = region.get("id")
            if given is None:
                continue
            if given in seen:
                raise control.malformed("two regions have the same id.")
            seen.add(given)
            if by_region and isinstance(control, Marks):
                of = Of(name, control.read_region(region, None))
                found[given] = Located(of, control.to_name, control.place(region))
    return found
