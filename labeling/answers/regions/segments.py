"""Segments of a recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from labeling.answers.control import Region
from labeling.answers.objects import Audio
from labeling.answers.overlap import Axes
from labeling.answers.regions.marks import Aligned, Marks, is_offset, medians
from labeling.answers.tag import plain_number

SECOND = 1_000_000  # steps: times are whole numbers, so that they are the same or not
SECONDS_LIMIT = 1_000_000  # of a recording: eleven days
CHANNELS_LIMIT = 64
ROUNDING = 1_000  # steps that an end may lie behind the recording's, by the player's rounding


@dataclass(frozen=True, order=True)
class Segment(Aligned):
    """A piece of a channel, its times in steps. `length` is the recording's, 0 if untold."""

    start: int
    end: int
    label: str
    channel: int = 0
    length: int = 0

    @property
    def axes(self) -> Axes:
        return ((self.start, self.end), (self.channel, self.channel + 1))


@dataclass(frozen=True)
class AudioLabels(Marks):
    """Segments of a recording. `value` is {"start", "end", "channel", "labels"}, in seconds.

    Beside the value may stand `original_length`, the seconds that the recording takes.
    """

    tag: ClassVar[str] = "Labels"
    type: ClassVar[str] = "labels"
    about = Audio

    def read_region(self, region: Region, shown: Any) -> Segment:
        value = self._value(region, {"start", "end"}, optional=frozenset({"channel"}))
        start, end = self._steps(value["start"]), self._steps(value["end"])
        channel, length = value.get("channel", 0), self._steps(region.get("original_length") or 0)
        if end <= start:
            raise self.malformed("the end is behind the start.")
        if length and end > length + ROUNDING:
            raise self.malformed("the recording is over before the end.")
        if not is_offset(channel) or channel >= CHANNELS_LIMIT:
            raise self.malformed("channel is a whole number from 0 on.")
        return Segment(start, end, self._label(value), channel, length)

    def _steps(self, seconds: Any) -> int:
        if not plain_number(seconds) or not 0 <= seconds <= SECONDS_LIMIT:
            raise self.malformed("start and end are seconds from the beginning.")
        return round(seconds * SECOND)

    def write_region(self, region: Segment) -> Region:
        value = {
            "start": region.start / SECOND,
            "end": region.end / SECOND,
            "channel": region.channel,
            "labels": [region.label],
        }
        if not region.length:
            return {"value": value}
        return {"original_length": region.length / SECOND, "value": value}

    def joined(self, group: Sequence[Segment], label: str) -> Segment:
        """All segments of a group are of one channel; the length is the longest told."""
        start, end = medians(group, "start", "end")
        length = max(segment.length for segment in group)
        return Segment(start, end, label, group[0].channel, length)
