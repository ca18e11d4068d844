"""A parsed configuration: checks data and answers, and brings answers together.

An answer in label-studio's result format is a list of regions
`{"id", "from_name", "to_name", "type", "value": {<key>: …}}`. Where regions mark parts of an
object, the empty list says that there is nothing to mark.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any

from labeling.answers import results
from labeling.answers.conditions import Condition, Marked
from labeling.answers.control import Control, Region
from labeling.answers.objects import HyperText, Media, Own, Shown
from labeling.answers.per_region import Of, PerRegion
from labeling.answers.regions.marks import Groups, Marks
from labeling.errors import AnswerHidden, MalformedAnswer

Answers = dict[str, Any]
Result = list[Region]


@dataclass(frozen=True)
class Config:
    """What a project shows and asks. Objects and controls by name, in the order written.

    `conditions` are those of each control, `order` names the controls so that each comes after
    all that its conditions look at. `lost_hotkeys` are those that the page does not have.
    """

    objects: dict[str, Shown]
    controls: dict[str, Control]
    conditions: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    lost_hotkeys: tuple[str, ...] = ()

    def validate_data(self, data: Any) -> None:
        """Nothing if the data has what the objects show; raises MissingField, MalformedField."""
        for shown in self.objects.values():
            shown.check(data)

    def shown(self, data: dict[str, Any], own: Own) -> dict[str, Any]:
        """The data as people are shown them: markup is cleaned, media have addresses of our own."""
        return data | {
            one.field: one.shown(data[one.field], own)
            for one in self.objects.values()
            if one.field in data
        }

    @property
    def has_markup(self) -> bool:
        """True if the data may hold markup that is shown as such."""
        return any(isinstance(one, HyperText) for one in self.objects.values())

    @property
    def has_media(self) -> bool:
        """True if the data may name images or recordings."""
        return any(isinstance(one, Media) for one in self.objects.values())

    @property
    def reads_data(self) -> bool:
        """True if an answer can be checked in full only beside the task's data: it quotes them."""
        return any(control.reads_data for control in self.controls.values())

    # --- Checking ----------------------------------------------------------------------------

    def validate(self, result: Any, data: dict[str, Any] | None = None) -> Answers:
        """The answers by control name; raises MalformedAnswer, AnswerOutsideChoices, AnswerHidden,
        RegionMissing.

        Strict: known regions only, no more than a control can have, every required control that
        is asked and none that is not, and at least one answer at all, be it that there is nothing
        to mark. With the task's data, what was quoted is what was shown.
        """
        regions_of = results.by_control(result, self.controls)
        located = results.located(regions_of, self.controls)
        answers: Answers = {}
        for name in self.order:
            control = self.controls[name]
            shown = None if data is None else self._seen(control, data)
            if isinstance(control, PerRegion):
                found = control.answer_of(
                    regions_of[name],
                    located,
                    is_asked=partial(self._asks, name, answers),
                    shown=shown,
                )
                if found:
                    answers[name] = found
            elif self._is_answered(control, regions_of[name], answers):
                answers[name] = control.answer(regions_of[name], shown=shown)
        if not answers:
            raise MalformedAnswer("The answer is empty.")
        return self._ordered(answers)

    def _is_answered(self, control: Control, regions: list[Region], answers: Answers) -> bool:
        """True if these regions are to be read; raises what is wrong with their number."""
        if not self._asks(control.name, answers):
            if regions:
                raise control.malformed("not asked.", AnswerHidden)
            return False
        if control.required and not regions and not self._is_passing(control):
            raise control.malformed("an answer is required.")
        return bool(regions) or control.may_be_empty

    def _is_passing(self, control: Control) -> bool:
        """True if it is shown only while a region is selected: nobody has to select one."""
        return any(isinstance(one, Marked) for one in self.conditions.get(control.name, ()))

    def _seen(self, control: Control, data: dict[str, Any]) -> Any:
        return self.objects[control.about_names[0]].seen(data) if control.reads_data else None

    def _ordered(self, answers: Answers) -> Answers:
        return {name: answers[name] for name in self.controls if name in answers}

    # --- What is asked -----------------------------------------------------------------------

    def _asks(self, name: str, answers: Answers, of: Of | None = None) -> bool:
        return all(one.holds(answers, of) for one in self.conditions.get(name, ()))

    def asks(self, name: str, answers: Answers) -> bool:
        """True if this control is asked of somebody who answers the others so."""
        control = self.controls[name]
        if isinstance(control, PerRegion):
            return any(self._asks(name, answers, of) for of in self._regions(control, answers))
        return self._asks(name, answers)

    def _regions(self, control: PerRegion, answers: Answers) -> list[Of]:
        return [
            Of(name, region)
            for name, marks in self._marks(control).items()
            for region in answers.get(name, ())
        ]

    def _marks(self, control: PerRegion) -> dict[str, Marks]:
        """The controls that mark what this one asks about."""
        return {
            name: marks
            for name, marks in self.controls.items()
            if isinstance(marks, Marks) and marks.to_name == control.to_name
        }

    # --- Bringing together -------------------------------------------------------------------

    def agreement(self, answers: Sequence[Answers], alike: "Alike | None" = None) -> float:
        """Mean agreement over all pairs of answers and all controls; 1 for a single answer.

        A control that one of two left out counts 0, one that both left out does not count, nor
        does one that only one was asked: they disagree about what it depends on.
        """
        pairs = [self.score(a, b, alike) for a, b in combinations(answers, 2)]
        return sum(pairs) / len(pairs) if pairs else 1.0

    def score(self, a: Answers, b: Answers, alike: "Alike | None" = None) -> float:
        """How much one answer agrees with another or with the consensus, from 0 to 1; `alike` knows
        what was compared before."""
        names = [
            name
            for name in self.controls
            if (name in a or name in b) and self.asks(name, a) and self.asks(name, b)
        ]
        shared = [name for name in names if name in a and name in b]
        if not names:
            return float(a == b)
        compare = agree if alike is None else alike.agree
        return sum(compare(self.controls[name], a[name], b[name]) for name in shared) / len(names)

    def consensus(
        self, answers: Sequence[Answers], among: Mapping[str, Collection[int]] | None = None
    ) -> Answers:
        """One answer for all: each control that at least half of those answered who were asked,
        merged its own way, if those of before ask it; of a control in `among` only the answers of
        these numbers are merged."""
        merged: Answers = {}
        groups: dict[str, Groups] = {}
        for name in self.order:
            control = self.controls[name]
            if isinstance(control, PerRegion):
                found = control.merge_of(
                    {one: groups[one] for one in self._marks(control) if one in groups},
                    [answer.get(name, ()) for answer in answers],
                    is_asked=partial(self._asks, name, merged),
                )
                if found:
                    merged[name] = found
            elif self._asks(name, merged):
                chosen = (among or {}).get(name, range(len(answers)))
                self._merge(control, answers, chosen, merged, groups)
        return self._ordered(merged)

    def _merge(
        self,
        control: Control,
        answers: Sequence[Answers],
        chosen: Collection[int],
        merged: Answers,
        groups: dict[str, Groups],
    ) -> None:
        asked = [n for n, answer in enumerate(answers) if self._asks(control.name, answer)]
        givers = [number for number in asked if control.name in answers[number]]
        if not givers or len(givers) * 2 < len(asked):
            return
        givers = [number for number in givers if number in chosen] or givers
        given = [answers[number][control.name] for number in givers]
        if not isinstance(control, Marks):
            merged[control.name] = control.merge(given)
            return
        groups[control.name] = {
            region: [(givers[number], member) for number, member in members]
            for region, members in control.groups(given).items()
        }
        merged[control.name] = tuple(sorted(groups[control.name]))

    def result(self, answers: Answers) -> Result:
        """The answers as regions: what `validate` would read again."""
        regions: list[Region] = []
        located: dict[Of, Region] = {}
        for name, control in self.controls.items():
            if name not in answers or isinstance(control, PerRegion):
                continue
            for number, region in enumerate(control.regions(answers[name])):
                given = name if number == 0 else f"{name}:{number}"
                regions.append({"id": given, **_naming(control), **region})
                if isinstance(control, Marks):
                    of = Of(name, answers[name][number])
                    located[of] = {"id": given, **control.place(region)}
        for name, control in self.controls.items():
            if name in answers and isinstance(control, PerRegion):
                found = control.regions_of(answers[name], located)
                regions += [{**_naming(control), **region} for region in found]
        return regions


def agree(control: Control, a: Any, b: Any) -> float:
    """How much two answers to one control agree: 1 the same, 0 nothing in common."""
    return control.agree(a, b)


@dataclass(frozen=True)
class Alike:
    """How much answers agree, any two to one control compared once: that can be dear."""

    known: dict[tuple[str, Any, Any], float] = field(default_factory=dict)

    def agree(self, control: Control, a: Any, b: Any) -> float:
        """As `agree`."""
        key = (control.name, a, b)
        if key not in self.known:
            self.known[key] = self.known[control.name, b, a] = agree(control, a, b)
        return self.known[key]


def _naming(control: Control) -> Region:
    return {"from_name": control.name, "to_name": control.to_name, "type": control.type}
