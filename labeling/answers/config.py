"""A parsed configuration: checks data and answers, and brings answers together.

An answer in label-studio's result format is a list of regions
`{"id", "from_name", "to_name", "type", "value": {<key>: …}}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from labeling.answers.controls import VALUE_KEYS, Control
from labeling.answers.objects import Shown
from labeling.errors import MalformedAnswer

REGION_KEYS = {
    *("id", "from_name", "to_name", "type", "value", "origin", "score", "readonly", "hidden"),
    *("original_width", "original_height", "image_rotation"),
}
FIELD_CHARACTERS = 200
NUMBER_LIMIT = 2**53  # above it, programs disagree about what a number is
NAMING_KEYS = ("from_name", "to_name", "type")

Result = list[dict[str, Any]]


@dataclass(frozen=True)
class Config:
    """What a project shows and asks. Objects and controls by name, in the order written."""

    objects: dict[str, Shown]
    controls: dict[str, Control]

    def validate_data(self, data: Any) -> None:
        """Nothing if the data has what the objects show; raises MissingField, MalformedField."""
        for shown in self.objects.values():
            shown.check(data)

    def validate(self, result: Any) -> dict[str, Any]:
        """The answers by control name; raises MalformedAnswer, AnswerOutsideChoices.

        Strict: known regions only, one a control, nothing empty, every required control, and at
        least one answer at all.
        """
        if not isinstance(result, list):
            raise MalformedAnswer("result is a list of regions.")
        if len(result) > len(self.controls):
            raise MalformedAnswer("More regions than controls.")
        answers: dict[str, Any] = {}
        for region in result:
            control = self._control_of(region)
            if control.name in answers:
                raise MalformedAnswer(f"{control.name}: answered twice.", name=control.name)
            answers[control.name] = control.read(_value_of(region, control))
        for control in self.controls.values():
            if control.required and control.name not in answers:
                raise MalformedAnswer(f"{control.name}: an answer is required.", name=control.name)
        if not answers:
            raise MalformedAnswer("The answer is empty.")
        return answers

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
            {
                "id": name,
                "from_name": name,
                "to_name": control.to_name,
                "type": control.type,
                "value": {VALUE_KEYS.get(control.type, control.type): control.write(answers[name])},
            }
            for name, control in self.controls.items()
            if name in answers
        ]


def agree(control: Control, a: Any, b: Any) -> float:
    """How much two answers to one control agree: 1 the same, 0 nothing in common."""
    return control.agree(a, b)


def _is_plain(field: Any) -> bool:
    if isinstance(field, str):
        return len(field) <= FIELD_CHARACTERS and field.isprintable()
    return field is None or (isinstance(field, int | float) and abs(field) <= NUMBER_LIMIT)


def _value_of(region: dict[str, Any], control: Control) -> Any:
    key = VALUE_KEYS.get(control.type, control.type)
    value = region.get("value")
    if not isinstance(value, dict) or value.keys() != {key}:
        raise MalformedAnswer(f"{control.name}: value is {{{key!r}: …}}.", name=control.name)
    return value[key]
