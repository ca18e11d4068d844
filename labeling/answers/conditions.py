"""When a control is asked: `visibleWhen` of itself and of the views around it.

What is shown follows from the answer alone, so that it can be checked afterwards. A view that
shows while a region is selected is asked if the answer has such a region (each can be selected),
though nobody is required to select one; one that shows while none is selected is asked always.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labeling.answers.per_region import Of

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Chosen:
    """One of the controls has one of the values, or any where none is named; or none of them has,
    where `is_chosen` is False."""

    names: tuple[str, ...]
    values: frozenset[str]
    is_chosen: bool = True

    def holds(self, answers: Answers, of: Of | None) -> bool:
        """True if it holds for these answers, asked of this region if there is one."""
        said = {one for name in self.names for one in _said(answers.get(name, ()), of)}
        return bool(said & self.values if self.values else said) == self.is_chosen


@dataclass(frozen=True)
class Marked:
    """One of the controls has a region with one of the labels, or any where none is named."""

    names: tuple[str, ...]
    labels: frozenset[str]

    def holds(self, answers: Answers, of: Of | None) -> bool:
        """True if it holds for this region, or else for any region of the answers."""
        if of is not None:
            return of.control in self.names and self._fits(of.region)
        return any(self._fits(region) for name in self.names for region in answers.get(name, ()))

    def _fits(self, region: Any) -> bool:
        return not self.labels or region.label in self.labels


Condition = Chosen | Marked


def _said(answer: Any, of: Of | None) -> Iterator[str]:
    """The choices in an answer, the last of each path; by region those of this one."""
    for one in answer:
        if isinstance(one, str):
            yield one
        elif not isinstance(one[0], Of):
            yield one[-1]
        elif of is None or one[0] == of:
            yield from _said(one[1], None)
