"""Spans of a text with markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from labeling.answers.control import Region
from labeling.answers.hypertext import Document
from labeling.answers.objects import HyperText
from labeling.answers.regions.marks import Marks, is_offset, medians
from labeling.answers.regions.spans import Span, check_quote, quoted

PATH = re.compile(r"(/[a-z][a-z0-9]*\[[1-9][0-9]{0,4}\])*/text\(\)\[[1-9][0-9]{0,4}\]")
PATH_CHARACTERS = 500

Anchor = tuple[str, int]  # the path of a text in the markup, and an offset in it


@dataclass(frozen=True, order=True)
class Marked(Span):
    """A span by its whole offsets, and where these are in the markup."""

    from_anchor: Anchor = ("", 0)
    to_anchor: Anchor = ("", 0)


@dataclass(frozen=True)
class HyperTextLabels(Marks):
    """Spans of a text with markup. `value` is {"start", "end", "startOffset", "endOffset",
    "globalOffsets", "text", "hypertextlabels"}: paths of two texts, an offset in each, and the
    whole offsets {"start", "end"} of the same places.

    The text has a line feed for each `<br>`.
    """

    tag: ClassVar[str] = "HyperTextLabels"
    type: ClassVar[str] = "hypertextlabels"
    about = HyperText
    reads_data: ClassVar[bool] = True

    def read_region(self, region: Region, shown: Document | None) -> Marked:
        keys = {"start", "end", "startOffset", "endOffset", "globalOffsets", "text"}
        value = self._value(region, keys, optional=frozenset())
        first = self._anchor(value["start"], value["startOffset"])
        last = self._anchor(value["end"], value["endOffset"])
        start, end = self._whole_offsets(value["globalOffsets"])
        text = value["text"]
        check_quote(self, text, length=end - start)
        if shown is not None:
            if shown.place(*first) != start or shown.place(*last) != end:
                raise self.malformed("the paths and globalOffsets are of different places.")
            if shown.text[start:end] != text:
                raise self.malformed(
                    "the text shown from %(start)s to %(end)s is another.", start=start, end=end
                )
        return Marked(start, end, self._label(value), text, first, last)

    def _anchor(self, path: Any, offset: Any) -> Anchor:
        is_path = isinstance(path, str) and len(path) <= PATH_CHARACTERS and PATH.fullmatch(path)
        if not is_path or not is_offset(offset):
            raise self.malformed("start and end are paths of texts, with an offset in each.")
        return (path, offset)

    def _whole_offsets(self, offsets: Any) -> tuple[int, int]:
        if isinstance(offsets, dict) and offsets.keys() == {"start", "end"}:
            start, end = offsets["start"], offsets["end"]
            if is_offset(start) and is_offset(end) and start < end:
                return start, end
        raise self.malformed("globalOffsets has start and end, the end behind the start.")

    def write_region(self, region: Marked) -> Region:
        value = {
            "start": region.from_anchor[0],
            "end": region.to_anchor[0],
            "startOffset": region.from_anchor[1],
            "endOffset": region.to_anchor[1],
            "globalOffsets": {"start": region.start, "end": region.end},
            "text": region.text,
            self.type: [region.label],
        }
        return {"value": value}

    def joined(self, group: Sequence[Marked], label: str) -> Marked:
        """Each edge is some region's edge, and has the path of the first such region."""
        start, end = medians(group, "start", "end")
        first = next(one.from_anchor for one in group if one.start == start)
        last = next(one.to_anchor for one in group if one.end == end)
        return Marked(start, end, label, quoted(group, start, end), first, last)


@dataclass(frozen=True)
class HyperTextSpans(HyperTextLabels):
    """The same by the tag `Labels`, as label-studio allows it."""

    tag: ClassVar[str] = "Labels"
    type: ClassVar[str] = "labels"
