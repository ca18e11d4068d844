"""From label-studio's XML to a Config. Nothing outside the text is ever read."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from labeling.answers import controls as whole
from labeling.answers import regions
from labeling.answers.config import Config
from labeling.answers.controls import Control
from labeling.answers.objects import OBJECTS, Shown
from labeling.errors import MalformedConfig, UnknownControl

CONFIG_CHARACTERS = 50_000
DEPTH_LIMIT = 20
CONTROLS_LIMIT = 50
CONTROLS: dict[str, type[Control]] = {**whole.CONTROLS, **regions.CONTROLS}
LAYOUT = {"View", "Header", "Style"}  # arrange the page, ask nothing
FIELD = re.compile(r"\$([A-Za-z_][A-Za-z0-9_.-]{0,99})")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")


def parse(xml: str) -> Config:
    """The configuration; raises MalformedConfig, or UnknownControl for a tag not known here."""
    tags = list(_tags(_root(xml), depth=1))
    objects: dict[str, Shown] = {}
    controls: dict[str, Control] = {}
    for tag in tags:
        if tag.tag in OBJECTS:
            shown = _object(tag)
            _refuse_second(shown.name, objects, controls)
            objects[shown.name] = shown
        elif tag.tag in CONTROLS:
            control = _control(tag)
            _refuse_second(control.name, objects, controls)
            controls[control.name] = control
        elif tag.tag not in LAYOUT:
            raise UnknownControl(f"<{tag.tag}> is not known here.", tag=str(tag.tag)[:100])
    _check_whole(objects, controls)
    return Config(objects=objects, controls=controls)


def _root(xml: str) -> Element:
    if not isinstance(xml, str) or not xml.strip():
        raise MalformedConfig("The configuration is empty.")
    if len(xml) > CONFIG_CHARACTERS:
        raise MalformedConfig(f"The configuration is longer than {CONFIG_CHARACTERS} characters.")
    try:
        root = fromstring(xml.strip(), forbid_dtd=True)
    except DefusedXmlException:
        raise MalformedConfig("A DOCTYPE or an entity is not allowed in a configuration.")
    except (ParseError, ValueError, LookupError) as error:
        raise MalformedConfig(f"The configuration is not well-formed XML: {error}.")
    if root.tag != "View":
        raise MalformedConfig("The outermost tag is <View>.")
    return root


def _tags(tag: Element, *, depth: int) -> Iterator[Element]:
    """Every tag in the order written, without the children that belong to a control."""
    if depth > DEPTH_LIMIT:
        raise MalformedConfig(f"Tags are nested deeper than {DEPTH_LIMIT}.")
    yield tag
    if tag.tag == "View":
        for child in tag:
            yield from _tags(child, depth=depth + 1)
    elif tag.tag in LAYOUT | OBJECTS.keys() and len(tag):
        raise MalformedConfig(f"<{tag.tag}> contains no other tags.")


def _object(tag: Element) -> Shown:
    field = FIELD.fullmatch(tag.get("value", ""))
    if field is None:
        raise MalformedConfig(f'<{tag.tag}> needs value="$field", a field of the task\'s data.')
    return OBJECTS[tag.tag](name=_name(tag), field=field[1])


def _control(tag: Element) -> Control:
    _name(tag)
    control = CONTROLS[tag.tag]
    for child in tag:
        if child.tag != control.child or len(child):
            raise UnknownControl(f"<{child.tag}> in <{tag.tag}> is not known.", tag=str(child.tag))
    return control.build(tag.attrib, [child.attrib for child in tag])


def _name(tag: Element) -> str:
    name = tag.get("name", "")
    if not NAME.fullmatch(name):
        raise MalformedConfig(f"<{tag.tag}> needs a name of letters, digits, '_', '-' and '.'.")
    return name


def _refuse_second(name: str, objects: dict[str, Shown], controls: dict[str, Control]) -> None:
    if name in objects or name in controls:
        raise MalformedConfig(f"The name {name!r} is used twice.")


def _check_whole(objects: dict[str, Shown], controls: dict[str, Control]) -> None:
    if not objects:
        raise MalformedConfig("The configuration shows nothing: add Text or Image.")
    if not controls:
        raise MalformedConfig(f"The configuration asks nothing: add one of {', '.join(CONTROLS)}.")
    if len(controls) + len(objects) > CONTROLS_LIMIT:
        raise MalformedConfig(f"More than {CONTROLS_LIMIT} objects and controls.")
    for control in controls.values():
        shown = objects.get(control.to_name)
        if shown is None:
            raise MalformedConfig(f"{control.name}: toName={control.to_name!r} names no object.")
        if not isinstance(shown, control.about):
            wanted = control.about.__name__
            raise MalformedConfig(f"{control.name}: toName names the object it marks: {wanted}.")
