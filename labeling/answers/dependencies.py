"""What the attributes of visibility mean: from `visibleWhen` and its like to conditions."""

from collections.abc import Iterable, Mapping, Sequence

from labeling.answers.choices import Choices, Taxonomy
from labeling.answers.conditions import Chosen, Condition, Marked
from labeling.answers.control import Control
from labeling.answers.objects import Shown
from labeling.answers.per_region import PerRegion
from labeling.answers.regions.marks import Marks
from labeling.answers.tag import Option, Tag
from labeling.errors import MalformedConfig

KINDS = ("choice-selected", "choice-unselected", "region-selected", "no-region-selected")

Controls = Mapping[str, Control]
Found = dict[str, tuple[Condition, ...]]


def needed(controls: Controls, name: str, conditions: Iterable[Condition]) -> set[str]:
    """The names of the controls whose answers say whether, and of what, this one is asked."""
    names = {one for condition in conditions for one in condition.names}
    control = controls[name]
    if isinstance(control, PerRegion):
        names |= {
            other
            for other, marks in controls.items()
            if isinstance(marks, Marks) and marks.to_name == control.to_name
        }
    return names - {name}


class Conditions:
    """The conditions of a configuration's controls; `around` are the tags that say them, for each
    control in order."""

    def __init__(
        self, objects: Mapping[str, Shown], controls: Controls, around: Sequence[tuple[Tag, ...]]
    ) -> None:
        self.objects = objects
        self.controls = controls
        self.around = dict(zip(controls, around, strict=True))

    def of_all(self) -> Found:
        """The conditions by control; raises MalformedConfig."""
        return {name: tuple(self._of(name)) for name in self.controls}

    def _of(self, name: str) -> Iterable[Condition]:
        is_by_region = isinstance(self.controls[name], PerRegion)
        if is_by_region and not self._marks_of(self.controls[name].to_name):
            raise MalformedConfig("nothing marks regions of what it is about.").about(name)
        for tag in self.around[name]:
            if not tag.says("visibleWhen"):  # by region: perhaps of some labels only
                if tag.flag("perRegion") and (
                    tag.text("whenLabelValue") or tag.text("whenTagName")
                ):
                    yield self._marked(tag)
                continue
            kind = tag.text("visibleWhen")
            if kind not in KINDS or (kind == "no-region-selected" and is_by_region):
                raise MalformedConfig(
                    "visibleWhen=%(kind)s is not known here.", kind=repr(kind[:50])
                ).about(name)
            if kind == "region-selected":
                yield self._marked(tag)
            elif kind != "no-region-selected":
                yield self._chosen(tag, is_chosen=kind == "choice-selected")

    def _marks_of(self, object_name: str) -> list[str]:
        return [
            name
            for name, control in self.controls.items()
            if isinstance(control, Marks) and control.to_name == object_name
        ]

    def _marked(self, tag: Tag) -> Marked:
        """whenTagName is the name of a control that marks, or of an object that is marked."""
        target = tag.text("whenTagName")
        every = [name for name, control in self.controls.items() if isinstance(control, Marks)]
        names = [target] if target in every else self._marks_of(target) if target else every
        if not names:
            raise MalformedConfig("whenTagName=%(name)s marks no regions.", name=repr(target[:100]))
        options = [option for name in names for option in self.controls[name].options]  # type: ignore[attr-defined]
        return Marked(tuple(names), _values(tag, "whenLabelValue", options))

    def _chosen(self, tag: Tag, *, is_chosen: bool) -> Chosen:
        target = tag.text("whenTagName")
        names = [
            name
            for name, control in self.controls.items()
            if isinstance(_asked(control), Choices | Taxonomy)
            and (name == target if target else tag not in self.around[name])
        ]
        if not names:
            raise MalformedConfig(
                "whenTagName=%(name)s names no Choices or Taxonomy.", name=repr(target[:100])
            )
        if tag.text("whenChoiceValue") and not target:
            raise MalformedConfig("whenChoiceValue needs whenTagName.")
        options = [option for name in names for option in _every(self.controls[name])]
        return Chosen(tuple(names), _values(tag, "whenChoiceValue", options), is_chosen)


def _asked(control: Control) -> Control:
    return control.asked if isinstance(control, PerRegion) else control


def _every(control: Control) -> list[Option]:
    """All options of a control, those inside others too."""
    waiting = list(_asked(control).options)  # type: ignore[attr-defined]
    found = []
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].children
    return found


def _values(tag: Tag, key: str, options: Sequence[Option]) -> frozenset[str]:
    """The results meant by a list with commas, of words or aliases; raises MalformedConfig."""
    written = tag.text(key)
    known = {option.words: option.result for option in options}
    known |= {option.result: option.result for option in options}
    wanted = [written] if written in known else [one.strip() for one in written.split(",")]
    unknown = [one for one in wanted if one and one not in known]
    if unknown:
        value = repr(unknown[0][:100])
        raise MalformedConfig("%(key)s=%(value)s cannot be chosen.", key=key, value=value)
    return frozenset(known[one] for one in wanted if one)
