"""What is chosen from a list, or from a tree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from labeling.answers.control import Control, Scale, naming, options
from labeling.answers.tag import Option, Tag

MODES = ("single", "single-radio", "multiple")
Path = tuple[str, ...]


@dataclass(frozen=True)
class Choices(Control):
    """One of the choices, or several with `choice="multiple"`. Answers are tuples in order.

    `choices` are the results: an alias stands for its choice.
    """

    options: tuple[Option, ...] = ()
    multiple: bool = False

    tag: ClassVar[str] = "Choices"
    type: ClassVar[str] = "choices"
    children: ClassVar[tuple[str, ...]] = ("Choice",)

    @classmethod
    def build(cls, tag: Tag) -> "Choices":
        tag.refuse(allowNested="false")
        mode = tag.one_of("choice", MODES)
        return cls(**naming(tag), options=options(tag), multiple=mode == "multiple")

    @property
    def choices(self) -> tuple[str, ...]:
        """The results, in the order written."""
        return tuple(option.result for option in self.options)

    @property
    def scale(self) -> Scale:  # type: ignore[override]
        return "" if self.multiple else "nominal"

    @property
    def answers_count(self) -> int | None:
        return None if self.multiple else len(self.options)

    def read(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(choice, str) for choice in value):
            raise self.malformed("choices is a list of texts.")
        unknown = [choice for choice in value if choice not in self.choices]
        if unknown:
            said = repr(unknown[0][:100])
            raise self.outside("%(said)s is none of the choices.", self.choices, said=said)
        if len(set(value)) != len(value):
            raise self.malformed("the same choice twice.")
        if not value or (len(value) > 1 and not self.multiple):
            if self.multiple:
                raise self.malformed("at least one choice.")
            raise self.malformed("exactly one choice.")
        return self._ordered(set(value))

    def _ordered(self, chosen: set[str]) -> tuple[str, ...]:
        return tuple(choice for choice in self.choices if choice in chosen)

    def write(self, answer: tuple[str, ...]) -> list[str]:
        return list(answer)

    def agree(self, a: tuple[str, ...], b: tuple[str, ...]) -> float:
        """Jaccard index of the two sets: with a single choice 1 or 0."""
        return len(set(a) & set(b)) / len(set(a) | set(b))

    def merge(self, answers: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """The choice most people made, the first listed on a tie; multiple: each that more than
        half made, or the most frequent one when there is none."""
        votes = Counter(choice for answer in answers for choice in answer)
        if self.multiple:
            majority = {choice for choice, count in votes.items() if count * 2 > len(answers)}
            if majority:
                return self._ordered(majority)
        return (max(self.choices, key=lambda choice: votes[choice]),)


@dataclass(frozen=True)
class Taxonomy(Control):
    """Paths into a tree of choices, up to `maxUsages` of them. Answers are tuples of paths.

    With `leafsOnly="true"` a path ends at a choice without others inside.
    """

    options: tuple[Option, ...] = ()
    leafs_only: bool = False
    paths_limit: int = 0  # 0: as many as there are

    tag: ClassVar[str] = "Taxonomy"
    type: ClassVar[str] = "taxonomy"
    children: ClassVar[tuple[str, ...]] = ("Choice",)
    nests: ClassVar[bool] = True

    @classmethod
    def build(cls, tag: Tag) -> "Taxonomy":
        tag.refuse(apiUrl="", labeling="false", legacy="false", allowAddLabels="false")
        found = options(tag)
        limit = sum(1 for option in found for _ in option.paths())
        return cls(
            **naming(tag),
            options=found,
            leafs_only=tag.flag("leafsOnly"),
            paths_limit=tag.whole("maxUsages", default=limit, limit=max(limit, 1000)),
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every path that can be chosen, in the order written."""
        every = [path for option in self.options for path in option.paths()]
        if not self.leafs_only:
            return tuple(every)
        inner = {path[:-1] for path in every}
        return tuple(path for path in every if path not in inner)

    def read(self, value: Any) -> tuple[Path, ...]:
        if not isinstance(value, list) or not all(_is_path(path) for path in value):
            raise self.malformed("taxonomy is a list of paths, each a list of texts.")
        chosen = {tuple(path) for path in value}
        unknown = chosen.difference(self.paths)
        if unknown:
            said = repr(" / ".join(min(unknown))[:100])
            known = [list(path) for path in self.paths[:100]]
            raise self.outside("%(said)s is none of the paths.", known, said=said)
        if len(chosen) != len(value):
            raise self.malformed("the same path twice.")
        if not 1 <= len(value) <= self.paths_limit:
            raise self.malformed("1 to %(limit)s paths.", limit=self.paths_limit)
        return self._ordered(chosen)

    def _ordered(self, chosen: set[Path]) -> tuple[Path, ...]:
        return tuple(path for path in self.paths if path in chosen)

    def write(self, answer: tuple[Path, ...]) -> list[list[str]]:
        return [list(path) for path in answer]

    def agree(self, a: tuple[Path, ...], b: tuple[Path, ...]) -> float:
        """Jaccard index of the paths with all their beginnings: near misses share some.

        Kiritchenko, Matwin and Famili (2005) compare what stands in a hierarchy so.
        """
        if a == b:
            return 1.0
        first, second = _beginnings(a), _beginnings(b)
        return len(first & second) / len(first | second)

    def merge(self, answers: Sequence[tuple[Path, ...]]) -> tuple[Path, ...]:
        """Each path that more than half chose, or the most frequent one when there is none; the
        first in the tree on a tie, and no more than may be chosen."""
        votes = Counter(path for answer in answers for path in answer)
        ranked = sorted(self.paths, key=lambda path: -votes[path])
        majority = [path for path in ranked if votes[path] * 2 > len(answers)]
        return self._ordered(set(majority[: self.paths_limit] or ranked[:1]))


def _is_path(path: Any) -> bool:
    return isinstance(path, list) and bool(path) and all(isinstance(one, str) for one in path)


def _beginnings(paths: tuple[Path, ...]) -> set[Path]:
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}
