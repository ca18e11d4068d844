"""Spans of a dialogue: from a place in one turn to a place in the same or a later one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from labeling.answers import overlap
from labeling.answers.control import Region
from labeling.answers.objects import TURNS_LIMIT, Paragraphs
from labeling.answers.regions.marks import Marks, is_offset, medoid
from labeling.answers.texts import is_storable

Place = tuple[int, int]  # a turn's number and an offset in it


@dataclass(frozen=True, order=True)
class Passage:
    """What stands from `start` to `end`; its text has a line feed between two turns.

    Offsets count Unicode code points.
    """

    start: Place
    end: Place
    label: str
    text: str

    @property
    def place(self) -> tuple[Place, Place]:
        return (self.start, self.end)

    @cached_property
    def ends(self) -> overlap.Ints:
        """How far each of its turns goes that it takes, from its text alone.

        Where line feeds stand in the turns too, nobody can tell how long those between the first
        and the last are: all of them counts as part of the first.
        """
        (first, first_offset), (last, last_offset) = self.start, self.end
        if first == last:
            return np.array([last_offset])
        lengths = [len(text) for text in self.text.split("\n")]
        if len(lengths) != last - first + 1:
            whole = len(self.text) - last_offset - 1
            lengths = [whole, *[0] * (last - first)]
        return np.array([first_offset + lengths[0], *lengths[1:-1], last_offset])

    @classmethod
    def shares(
        cls, ones: Sequence["Passage"], others: Sequence["Passage"], *, answers: int = 2
    ) -> overlap.Shares:
        """By the places on a line of all turns, which are as long as any of these show."""
        start_of = _starts([*ones, *others])

        def on_line(place: Place) -> int:
            turn, offset = place
            return start_of[turn] + offset

        lines = [
            [((on_line(one.start), on_line(one.end)),) for one in some] for some in (ones, others)
        ]
        return Stretches.of(*lines)


class Stretches(overlap.Straight):
    """Intervals of a line, the same ones also where nothing but a line feed is in them."""

    def bounds(self, rows: slice) -> overlap.Floats:
        found = super().bounds(rows)
        same = (self.ones[0, :, rows, None] == self.others[0, :, None]).all(axis=0)
        return np.where(same, 1.0, found)


def _starts(passages: Sequence[Passage]) -> list[int]:
    """Where each turn begins on the line."""
    lengths = np.zeros(max(one.end[0] for one in passages) + 1, np.int64)
    for one in passages:
        its = lengths[one.start[0] : one.end[0] + 1]
        np.maximum(its, one.ends, out=its)
    starts: list[int] = (np.cumsum(lengths) - lengths).tolist()
    return starts


@dataclass(frozen=True)
class ParagraphLabels(Marks):
    """Spans of a dialogue. `value` is {"start", "end", "startOffset", "endOffset", "text",
    "paragraphlabels"}; start and end are the turns' numbers, as texts, from "0" on."""

    tag: ClassVar[str] = "ParagraphLabels"
    type: ClassVar[str] = "paragraphlabels"
    about = Paragraphs
    reads_data: ClassVar[bool] = True

    def read_region(self, region: Region, shown: tuple[str, ...] | None) -> Passage:
        keys = {"start", "end", "startOffset", "endOffset", "text"}
        value = self._value(region, keys, optional=frozenset())
        start = self._place(value["start"], value["startOffset"])
        end = self._place(value["end"], value["endOffset"])
        text = value["text"]
        if end <= start:
            raise self.malformed("the end is behind the start.")
        if not isinstance(text, str) or not text or not is_storable(text):
            raise self.malformed("text is what stands there.")
        if start[0] == end[0] and len(text) != end[1] - start[1]:
            raise self.malformed("text is what stands there, offsets count code points.")
        if start[0] < end[0] and len(text) < end[1] + end[0] - start[0]:
            raise self.malformed("text is what stands there, a line feed between two turns.")
        if shown is not None and _text(shown, start, end) != text:
            raise self.malformed("the text shown there is another.")
        return Passage(start, end, self._label(value), text)

    def _place(self, turn: Any, offset: Any) -> Place:
        if isinstance(turn, str) and turn.isascii() and turn.isdigit() and len(turn) < 6:
            turn = int(turn)
        if not is_offset(turn) or not is_offset(offset) or turn >= TURNS_LIMIT:
            raise self.malformed("start and end are turns' numbers, with an offset in each.")
        return (turn, offset)

    def write_region(self, region: Passage) -> Region:
        value = {
            "start": str(region.start[0]),
            "end": str(region.end[0]),
            "startOffset": region.start[1],
            "endOffset": region.end[1],
            "text": region.text,
            "paragraphlabels": [region.label],
        }
        return {"value": value}

    def joined(self, group: Sequence[Passage], label: str) -> Passage:
        """The span that has most in common with all others: the medoid."""
        best = medoid(group)
        return Passage(best.start, best.end, label, best.text)


def _text(turns: Sequence[str], start: Place, end: Place) -> str | None:
    """What stands there; None if there is no such place."""
    (first, first_offset), (last, last_offset) = start, end
    if last >= len(turns) or last_offset > len(turns[last]) or first_offset > len(turns[first]):
        return None
    if first == last:
        return turns[first][first_offset:last_offset]
    return "\n".join(
        [turns[first][first_offset:], *turns[first + 1 : last], turns[last][:last_offset]]
    )
