"""What every control knows: how to read its tag, check an answer, compare two and merge many.

To add one: subclass `Control`, write `build`, `read`, `write`, `agree` and `merge`, and put it
into `parser.CONTROLS`. What marks parts of an object stands in `regions`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from labeling.answers.objects import Shown, ShownType
from labeling.answers.tag import Option, Tag
from labeling.errors import AnswerOutsideChoices, MalformedAnswer, MalformedConfig

Region = dict[str, Any]
Scale = Literal["", "nominal", "ordinal", "interval"]  # that the answers stand on, if any


@dataclass(frozen=True)
class Control:
    """A question about an object. A required one has a region in every answer that it is asked."""

    name: str
    to_name: str
    required: bool

    tag: ClassVar[str]  # in the configuration
    type: ClassVar[str]  # of its regions, and the value's key unless `key` is another
    key: ClassVar[str] = ""
    children: ClassVar[tuple[str, ...]] = ()  # the tags that it may contain
    nests: ClassVar[bool] = False  # True if these may contain their like
    about: ClassVar[ShownType] = Shown  # the objects that it can ask about
    scale: ClassVar[Scale] = ""
    regions_limit: ClassVar[int] = 1
    may_be_empty: ClassVar[bool] = False  # True if no region at all is an answer too
    reads_data: ClassVar[bool] = False  # True if the task's data decide what an answer may say

    @classmethod
    def build(cls, tag: Tag) -> "Control":
        """The control that a tag of the configuration describes; raises MalformedConfig."""
        raise NotImplementedError

    @property
    def about_names(self) -> tuple[str, ...]:
        """The names of the objects that it asks about."""
        return (self.to_name,)

    @property
    def answers_count(self) -> int | None:
        """How many answers there can be; None where there is no end of them."""
        return None

    def answer(self, regions: Sequence[Region], *, shown: Any = None) -> Any:
        """The answer that these regions make, checked; raises MalformedAnswer.

        `shown` is what the object shows (`Shown.seen`), None where that is not known.
        """
        (region,) = regions
        key = self.key or self.type
        value = region.get("value")
        if not isinstance(value, dict) or value.keys() != {key}:
            raise self.malformed("value is {%(key)s: …}.", key=repr(key))
        answer = self.read(value[key])
        if shown is not None:
            self.check(answer, shown)
        return answer

    def regions(self, answer: Any) -> list[Region]:
        """What is particular to each region of an answer: the inverse of `answer`."""
        return [{"value": {self.key or self.type: self.write(answer)}}]

    def read(self, value: Any) -> Any:
        """The answer inside a region's value, checked; raises MalformedAnswer."""
        raise NotImplementedError

    def write(self, answer: Any) -> Any:
        """The region's value for an answer: the inverse of `read`."""
        raise NotImplementedError

    def check(self, answer: Any, shown: Any) -> None:
        """Nothing if the answer fits what was shown; raises MalformedAnswer."""

    def agree(self, a: Any, b: Any) -> float:
        """How much two answers agree: 1 the same, 0 nothing in common. Symmetric."""
        raise NotImplementedError

    def merge(self, answers: Sequence[Any]) -> Any:
        """The consensus of at least one answer; does not depend on their order."""
        raise NotImplementedError

    def malformed(
        self, message: str, error: Callable[..., MalformedAnswer] = MalformedAnswer, **data: Any
    ) -> MalformedAnswer:
        """The error that says this of the control."""
        return error(message, name=self.name, **data).about(self.name)

    def outside(self, message: str, choices: Sequence[Any], **data: Any) -> MalformedAnswer:
        """The error that says this of the control, with what could have been chosen."""
        return self.malformed(message, AnswerOutsideChoices, choices=list(choices), **data)


def naming(tag: Tag) -> dict[str, Any]:
    """The fields that every control takes from its tag."""
    tag.refuse(perItem="false")
    return {
        "name": tag.raw("name"),
        "to_name": tag.raw("toName"),
        "required": tag.flag("required"),
    }


def options(tag: Tag) -> tuple[Option, ...]:
    """What can be chosen; raises MalformedConfig where that stands in the task's data."""
    if tag.text("value").startswith("$"):
        raise MalformedConfig(
            "value in <%(tag)s>: what can be chosen stands in its tags here.", tag=tag.name
        )
    return tag.options()
