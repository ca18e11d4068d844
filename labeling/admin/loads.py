"""Loads: what came in together, and how one that is not open yet is taken back."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant

from labeling.admin import doors
from labeling.models import Load
from labeling.orders import loads
from payments import money
from payments.admin.doors import back, is_among, question
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Load)
class LoadAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "project",
        "state",
        "added_count",
        "duplicates_count",
        "held",
        "created_at",
    ]
    list_filter = ["state"]
    list_select_related = ["project"]
    search_fields = ["project__title", "=id"]
    actions_detail = ["drop"]

    @action(
        description="Drop",
        permissions=["drop"],
        variant=ActionVariant.DANGER,
        dialog=question("Drop", "Its tasks are gone; the same data may be loaded again."),
    )
    def drop(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        found = Load.objects.select_related("project").filter(pk=object_id)
        doors.each(self, request, found, _drop, done="Dropped.")
        return back(request, "admin:labeling_load_changelist")

    def has_drop_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        waiting = Load.objects.filter(state=Load.State.LOADED)
        return request.user.has_perm("labeling.change_load") and is_among(waiting, object_id)

    @admin.display(description="held", ordering="held_units")
    def held(self, load: Load) -> str:
        return money.format(load.held_units)


def _drop(load: Load) -> Load:
    return loads.drop(load.project, load_id=load.pk)
