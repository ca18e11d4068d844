"""Rows for a page: a query whose rows are read together, a slice at a time."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

from django.db.models import QuerySet

Row = TypeVar("Row")


class Rows(Sequence[Row], Generic[Row]):
    """As long as the query, and read only where somebody looks: what paginators want."""

    def __init__(self, found: QuerySet[Any], read: Callable[[list[Any]], list[Row]]) -> None:
        self.found, self.read = found, read

    @cached_property
    def length(self) -> int:
        return self.found.count()

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, part: int) -> Row: ...
    @overload
    def __getitem__(self, part: slice) -> list[Row]: ...
    def __getitem__(self, part: int | slice) -> Row | list[Row]:
        if isinstance(part, int):
            return self.read([self.found[part]])[0]
        return self.read(list(self.found[part]))
