"""A parsed configuration: checks data and answers, and brings answers together.

An answer in label-studio's result format is a list of regions
`{"id", "from_name", "to_name", "type", "value": {<key>: …}}`. Where regions mark parts of an
object, the empty list says that there is nothing to mark.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from labeling.answers.controls import Control, Region
from labeling.answers.objects import Shown
from labeling.errors import MalformedAnswer

REGION_KEYS = {
    *("id", "from_name", "to_name", "type", "value", "origin", "score", "readonly", "hidden"),
    *("original_width", "original_height", "image_rotation"),
}
FIELD_CHARACTERS = 200
NUMBER_LIMIT = 2**53  # above it, programs disagree about what a number is
NAMING_KEYS = ("from_name", "to_name", "type")

Result = list[Region]


@dataclass(frozen=True)
class Config:
    """What a project shows and asks. Objects and controls by name, in the order written."""

    objects: dict[str, Shown]
    controls: dict[str, Control]

    def validate_data(self, data: Any) -> None:
        """Nothing if the data has what the objects show; raises MissingField, MalformedField."""
        for shown in self.objects.values():
            shown.check(data)

    @property
    def reads_texts(self) -> bool:
        """True if an answer can be checked in full only beside the task's data: it has offsets."""
        return any(control.reads_text for control in self.controls.values())

    def validate(self, result: Any, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answers by control name; raises MalformedAnswer, AnswerOutsideChoices.

        Strict: known regions only, no more than a control can have, every required control, and
        at least one answer at all, be it that there is nothing to mark. With the task's data, the
        texts that were marked are those that were shown.
        """
        regions_of = self._regions_of(result)
        answers: dict[str, Any] = {}
        for name, control in self.controls.items():
            regions = regions_of[name]
            if control.required and not regions:
                raise MalformedAnswer(f"{name}: an answer is required.", name=name)
            if len(regions) > control.regions_limit:
                limit = control.regions_limit
                many = "answered twice" if limit == 1 else f"more than {limit} regions"
                raise MalformedAnswer(f"{name}: {many}.", name=name)
            if regions or control.may_be_empty:
                shown = None if data is None else self.objects[control.to_name].text(data)
                answers[name] = control.answer(regions, shown=shown)
        if not answers:
            raise MalformedAnswer("The answer is empty.")
        return answers

    def _regions_of(self, result: Any) -> dict[str, list[Region]]:
        if not isinstance(result, list):
            raise MalformedAnswer("result is a list of regions.")
        if len(result) > sum(control.regions_limit for control in self.controls.values()):
            raise MalformedAnswer("More regions than the controls can have.")
        regions_of: dict[str, list[Region]] = defaultdict(list)
        for region in result:
            regions_of[self._control_of(region).name].append(region)
        return regions_of

    def _control_of(self, region: Any) -> Control:
        if not isinstance(region, dict):
            raise MalformedAnswer("A region is an object.")
        unknown = region.keys() - REGION_KEYS
        if unknown:
            raise MalformedAnswer(f"A region has no {min(unknown)[:50]!r}.")
        if not all(isinstance(region.get(key), str) for key in NAMING_KEYS):
            raise MalformedAnswer("A region needs from_name, to_name and type.")
        if not all(_is_plain(region[key]) for key in region if key != "value"):
            raise MalformedAnswer("A region's own fields are short texts or numbers.")
        control = self.controls.get(region["from_name"])
        if control is None:
            name = region["from_name"][:100]
            raise MalformedAnswer(f"There is no control {name!r}.", name=name)
        if region["to_name"] != control.to_name:
            raise MalformedAnswer(
                f"{control.name} is about {control.to_name!r}.", name=control.name
            )
        if region["type"] != control.type:
            raise MalformedAnswer(f"{control.name} is of type {control.type}.", name=control.name)
        return control

    def agreement(self, answers: Sequence[dict[str, Any]]) -> float:
        """Mean agreement over all pairs of answers and all controls; 1 for a single answer.

        A control that one of two left out counts 0, one that both left out does not count.
        """
        pairs = [self._pair(a, b) for a, b in combinations(answers, 2)]
        return sum(pairs) / len(pairs) if pairs else 1.0

    def consensus(self, answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """One answer for all: each control that at least half answered, merged its own way."""
        merged = {}
        for name, control in self.controls.items():
            given = [answer[name] for answer in answers if name in answer]
            if given and len(given) * 2 >= len(answers):
                merged[name] = control.merge(given)
        return merged

    def score(self, answer: dict[str, Any], consensus: dict[str, Any]) -> float:
        """How much one answer agrees with the consensus, from 0 to 1."""
        return self._pair(answer, consensus)

    def _pair(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        names = [name for name in self.controls if name in a or name in b]
        shared = [name for name in names if name in a and name in b]
        return sum(agree(self.controls[name], a[name], b[name]) for name in shared) / len(names)

    def result(self, answers: dict[str, Any]) -> Result:
        """The answers as regions: what `validate` would read again."""
        return [
            {"id": name if number == 0 else f"{name}:{number}", **_naming(control), **region}
            for name, control in self.controls.items()
            if name in answers
            for number, region in enumerate(control.regions(answers[name]))
        ]


def agree(control: Control, a: Any, b: Any) -> float:
    """How much two answers to one control agree: 1 the same, 0 nothing in common."""
    return control.agree(a, b)


def _naming(control: Control) -> Region:
    return {"from_name": control.name, "to_name": control.to_name, "type": control.type}


def _is_plain(field: Any) -> bool:
    if isinstance(field, str):
        return len(field) <= FIELD_CHARACTERS and field.isprintable()
    return field is None or (isinstance(field, int | float) and abs(field) <= NUMBER_LIMIT)
