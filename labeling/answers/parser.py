"""From label-studio's XML to a Config. Nothing outside the text is ever read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from labeling.answers import dependencies, hotkeys
from labeling.answers.choices import Choices, Taxonomy
from labeling.answers.comparisons import Pairwise, Ranker
from labeling.answers.config import Config
from labeling.answers.control import Control
from labeling.answers.dates import DateTime
from labeling.answers.dependencies import Controls
from labeling.answers.numbers import Number, Rating
from labeling.answers.objects import OBJECTS, HyperText, Shown
from labeling.answers.per_region import PerRegion
from labeling.answers.regions.hypertexts import HyperTextLabels, HyperTextSpans
from labeling.answers.regions.paragraphs import ParagraphLabels
from labeling.answers.regions.polygons import PolygonLabels
from labeling.answers.regions.segments import AudioLabels
from labeling.answers.regions.shapes import KeyPointLabels, RectangleLabels
from labeling.answers.regions.spans import Labels
from labeling.answers.tag import Tag
from labeling.answers.texts import TextArea
from labeling.errors import MalformedConfig, UnknownControl

CONFIG_CHARACTERS = 50_000
DEPTH_LIMIT = 20
CONTROLS_LIMIT = 50
CONTROLS: tuple[type[Control], ...] = (
    *(Choices, Taxonomy, TextArea, Number, Rating, DateTime, Pairwise, Ranker),
    *(Labels, AudioLabels, HyperTextSpans, HyperTextLabels, ParagraphLabels),
    *(RectangleLabels, PolygonLabels, KeyPointLabels),
)
NAMES = tuple(dict.fromkeys(control.tag for control in CONTROLS))
BY_REGION = (Choices, Taxonomy, TextArea, Number, Rating, DateTime)
LAYOUT = {"View", "Header", "Style"}  # arrange the page, ask nothing
NARROWING = ("whenTagName", "whenChoiceValue", "whenLabelValue")
FIELD = re.compile(r"\$([A-Za-z_][A-Za-z0-9_.-]{0,99})")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")

Placed = tuple[Tag, tuple[Tag, ...]]  # a tag, and what it and those around it say of visibility


def parse(xml: str) -> Config:
    """The configuration; raises MalformedConfig, or UnknownControl for a tag not known here."""
    placed = list(_placed(_tag(_root(xml), depth=1), ()))
    objects = {shown.name: shown for shown in map(_object, _named(placed, OBJECTS.keys()))}
    tags = [one for one in placed if one[0].name in NAMES]
    controls = {control.name: control for control in (_control(tag, objects) for tag, _ in tags)}
    _check_whole(placed, objects, controls)
    found = dependencies.Conditions(objects, controls, [when for _, when in tags])
    conditions = found.of_all()
    return Config(
        objects=objects,
        controls=controls,
        conditions=conditions,
        order=_order(controls, conditions),
        lost_hotkeys=hotkeys.lost(tag for tag, _ in placed if tag.name != "View"),
    )


def _root(xml: str) -> Element:
    if not isinstance(xml, str) or not xml.strip():
        raise MalformedConfig("The configuration is empty.")
    if len(xml) > CONFIG_CHARACTERS:
        limit = CONFIG_CHARACTERS
        raise MalformedConfig("The configuration is longer than %(limit)s characters.", limit=limit)
    try:
        root = fromstring(xml.strip(), forbid_dtd=True)
    except DefusedXmlException:
        raise MalformedConfig("A DOCTYPE or an entity is not allowed in a configuration.")
    except (ParseError, ValueError, LookupError) as error:
        problem = str(error)
        raise MalformedConfig(
            "The configuration is not well-formed XML: %(problem)s.", problem=problem
        )
    if root.tag != "View":
        raise MalformedConfig("The outermost tag is <View>.")
    return root


def _tag(element: Element, *, depth: int) -> Tag:
    if depth > DEPTH_LIMIT:
        raise MalformedConfig("Tags are nested deeper than %(limit)s.", limit=DEPTH_LIMIT)
    inner = tuple(_tag(child, depth=depth + 1) for child in element)
    return Tag(str(element.tag), {key.lower(): one for key, one in element.items()}, inner)


def _placed(tag: Tag, around: tuple[Tag, ...]) -> Iterator[Placed]:
    """Every tag in the order written, without those inside a control."""
    if tag.says("visibleWhen") or tag.flag("perRegion"):
        around = (*around, tag)
    elif any(map(tag.says, NARROWING)):
        raise MalformedConfig("%(names)s need visibleWhen beside them.", names=", ".join(NARROWING))
    if tag.name not in LAYOUT | OBJECTS.keys() | set(NAMES):
        raise UnknownControl("<%(tag)s> is not known here.", tag=tag.name[:100])
    if tag.name in LAYOUT | OBJECTS.keys() and tag.name != "View" and tag.children:
        raise MalformedConfig("<%(tag)s> contains no other tags.", tag=tag.name)
    yield tag, around
    if tag.name == "View":
        for child in tag.children:
            yield from _placed(child, around)


def _named(placed: list[Placed], names: Iterable[str]) -> Iterator[Tag]:
    return (tag for tag, _ in placed if tag.name in set(names))


def _object(tag: Tag) -> Shown:
    field = FIELD.fullmatch(tag.raw("value"))
    if field is None:
        raise MalformedConfig(
            '<%(tag)s> needs value="$field", a field of the task\'s data.', tag=tag.name
        )
    return OBJECTS[tag.name].build(tag, name=_name(tag), field=field[1])


def _control(tag: Tag, objects: dict[str, Shown]) -> Control:
    _name(tag)
    candidates = [control for control in CONTROLS if control.tag == tag.name]
    _check_children(tag, candidates[0])
    about = objects.get(tag.raw("toName"))
    fitting = [one for one in candidates if about is None or isinstance(about, one.about)]
    if not fitting:
        wanted = "/".join(one.about.__name__ for one in candidates)
        raise MalformedConfig("toName names the object it marks: %(wanted)s.", wanted=wanted).about(
            tag.text("name")
        )
    control = fitting[0].build(tag)
    for name in control.about_names:
        if name not in objects:
            raise MalformedConfig("toName=%(name)s names no object.", name=repr(name[:100])).about(
                control.name
            )
    return _by_region(tag, control) if tag.flag("perRegion") else control


def _by_region(tag: Tag, control: Control) -> PerRegion:
    if not isinstance(control, BY_REGION):
        raise MalformedConfig("<%(tag)s> is not asked by region.", tag=tag.name).about(control.name)
    return PerRegion(
        name=control.name,
        to_name=control.to_name,
        required=control.required,
        asked=replace(control, required=False),
    )


def _check_children(tag: Tag, control: type[Control], *, inside: bool = False) -> None:
    for child in tag.children:
        if child.name not in control.children or (inside and not control.nests):
            raise UnknownControl(
                "<%(tag)s> in <%(outer)s> is not known.", tag=child.name[:100], outer=tag.name
            )
        _check_children(child, control, inside=True)


def _name(tag: Tag) -> str:
    name = tag.raw("name")
    if not NAME.fullmatch(name):
        raise MalformedConfig(
            "<%(tag)s> needs a name of letters, digits, '_', '-' and '.'.", tag=tag.name
        )
    return name


def _check_whole(
    placed: list[Placed], objects: dict[str, Shown], controls: dict[str, Control]
) -> None:
    names = [tag.raw("name") for tag, _ in placed if tag.name not in LAYOUT]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise MalformedConfig("The name %(name)s is used twice.", name=repr(twice[0]))
    if not objects:
        raise MalformedConfig(
            "The configuration shows nothing: add one of %(tags)s.", tags=", ".join(OBJECTS)
        )
    if not controls:
        raise MalformedConfig(
            "The configuration asks nothing: add one of %(tags)s.", tags=", ".join(NAMES)
        )
    markup = {one.field for one in objects.values() if isinstance(one, HyperText)}
    if any(one.field in markup for one in objects.values() if not isinstance(one, HyperText)):
        raise MalformedConfig("A field is shown as markup or as something else, not as both.")
    if len(names) > CONTROLS_LIMIT:
        raise MalformedConfig("More than %(limit)s objects and controls.", limit=CONTROLS_LIMIT)


def _order(controls: Controls, conditions: dependencies.Found) -> tuple[str, ...]:
    """The controls, each behind those that it depends on; else as written."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in controls:
        sorter.add(name, *dependencies.needed(controls, name, conditions[name]))
    try:
        return tuple(sorter.static_order())
    except CycleError as error:
        names = ", ".join(sorted(set(error.args[1])))
        raise MalformedConfig(
            "Each is shown only when the other is answered: %(names)s.", names=names
        )
