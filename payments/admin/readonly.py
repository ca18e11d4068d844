"""Rows that are looked at in the admin, and changed by their own rooms alone."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from payments import money


@cache
def decimals(name: str) -> Callable[[Any], str]:
    """A column or field that shows the units of `name` as a decimal amount."""

    def amount(row: Any) -> str:
        return money.format(getattr(row, name) or 0)

    amount.short_description = name.removesuffix("_units").replace("_", " ")  # type: ignore[attr-defined]
    return amount


class ReadOnly:
    """Nobody adds, changes or deletes; amounts are decimals."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        names = [name for name in super().get_fields(request, obj) if isinstance(name, str)]  # type: ignore[misc]
        return [decimals(name) if name.endswith("_units") else name for name in names]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        names = [field.name for field in self.model._meta.fields]  # type: ignore[attr-defined]
        shown = [decimals(name) for name in names if name.endswith("_units")]
        return [*super().get_readonly_fields(request, obj), *shown]  # type: ignore[misc]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    show_full_result_count = False
    list_per_page = 50


class ReadOnlyInline(ReadOnly, TabularInline):
    extra = 0
    hide_title = True  # what a row is called repeats what it shows
