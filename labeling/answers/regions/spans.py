"""Spans of a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from labeling.answers.control import Region
from labeling.answers.objects import Text
from labeling.answers.overlap import Axes
from labeling.answers.regions.marks import Aligned, Marks, is_offset, medians
from labeling.answers.texts import is_storable


@dataclass(frozen=True, order=True)
class Span(Aligned):
    """A piece of a text, with the offset behind its last character as `end`.

    Offsets count Unicode code points, as Python does; JavaScript's count UTF-16 units.
    """

    start: int
    end: int
    label: str
    text: str

    @property
    def axes(self) -> Axes:
        return ((self.start, self.end),)


@dataclass(frozen=True)
class Labels(Marks):
    """Spans of a text. `value` is {"start", "end", "text", "labels"}."""

    tag: ClassVar[str] = "Labels"
    type: ClassVar[str] = "labels"
    about = Text
    reads_data: ClassVar[bool] = True

    def read_region(self, region: Region, shown: str | None) -> Span:
        value = self._value(region, {"start", "end", "text"}, optional=frozenset())
        start, end, text = value["start"], value["end"], value["text"]
        if not is_offset(start) or not is_offset(end) or end <= start:
            raise self.malformed("start and end are offsets, the end behind the start.")
        check_quote(self, text, length=end - start)
        if shown is not None and shown[start:end] != text:
            raise self.malformed(
                "the text shown from %(start)s to %(end)s is another.", start=start, end=end
            )
        return Span(start, end, self._label(value), text)

    def write_region(self, region: Span) -> Region:
        value = {"start": region.start, "end": region.end, "text": region.text}
        return {"value": {**value, "labels": [region.label]}}

    def joined(self, group: Sequence[Span], label: str) -> Span:
        start, end = medians(group, "start", "end")
        return Span(start, end, label, quoted(group, start, end))


def check_quote(control: Marks, text: Any, *, length: int) -> None:
    """Nothing if this is a text of so many code points; raises MalformedAnswer."""
    if not isinstance(text, str) or len(text) != length or not is_storable(text):
        raise control.malformed("text is what stands there, offsets count code points.")


def quoted(group: Sequence[Any], start: int, end: int) -> str:
    """The text from `start` to `end`, put together from what the group quotes.

    All spans of a group overlap one of them, so each place between was in some span.
    """
    letters: dict[int, str] = {}
    for span in group:
        letters |= enumerate(span.text, span.start)
    return "".join(letters[place] for place in range(start, end))
