"""Tasks: which are gold, which are paused and why, and what becomes of these."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant

from labeling.admin import doors
from labeling.content import gold
from labeling.handout import reports
from labeling.models import Task
from payments import money
from payments.admin.doors import back, is_among, question
from payments.admin.readonly import ReadOnlyAdmin

LIST = "admin:labeling_task_changelist"
PAUSED = Q(state=Task.State.PAUSED)
WHY = {
    "flagged": ("gold that good labelers miss", PAUSED & Q(paused_for__endswith=gold.MISSED)),
    "retired": ("gold taken out by hand", PAUSED & Q(paused_for=gold.RETIRED)),
    "reported": ("reported as broken", PAUSED & Q(paused_for__startswith="Reported")),
    "dropped": ("dropped, still held by somebody", PAUSED & Q(paused_for=reports.DROPPED)),
}
REFUND = "The money for answers that nobody is asked for any more goes back to the project's funds."


class IsGold(admin.SimpleListFilter):
    """Tasks with a known answer: gold, and the questions of tests."""

    title = "gold"
    parameter_name = "gold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "known answer"), ("0", "no known answer")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        if self.value() not in {"0", "1"}:
            return queryset
        return queryset.filter(expected__isnull=self.value() == "0")


class WhyPaused(admin.SimpleListFilter):
    """Paused tasks by what paused them."""

    title = "why paused"
    parameter_name = "paused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in WHY.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        _, found = WHY.get(self.value() or "", ("", Q()))
        return queryset.filter(found)


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = [
        *("id", "project", "state", "is_gold", "paused_for", "overlap", "free_count"),
        *("live_count", "done_count", "agreement", "judged_at"),
    ]
    list_filter = ["state", IsGold, WhyPaused]
    list_select_related = ["project"]
    search_fields = ["=id", "=project__id"]
    exclude = ["content_hash"]
    actions = ["retire_chosen", "resume_chosen", "drop_chosen"]
    actions_detail = ["retire", "resume", "drop"]

    @admin.display(description="gold")
    def is_gold(self, task: Task) -> str:
        return "gold" if task.expected is not None else ""

    def has_operate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("labeling.change_task")

    def has_retire_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        asked = Task.objects.filter(expected__isnull=False, state__in=gold.ASKED)
        return self.has_operate_permission(request) and is_among(asked, object_id)

    def has_resume_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        paused = Task.objects.filter(PAUSED).exclude(paused_for=reports.DROPPED)
        return self.has_operate_permission(request) and is_among(paused, object_id)

    def has_drop_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_resume_permission(request, object_id)

    # --- Many ---------------------------------------------------------------------------------

    @admin.action(description="Retire gold: ask it no more", permissions=["operate"])
    def retire_chosen(self, request: HttpRequest, chosen: QuerySet[Task]) -> None:
        doors.each(self, request, chosen, _retire, done="Taken out.")

    @admin.action(description="Resume: offer paused tasks again", permissions=["operate"])
    def resume_chosen(self, request: HttpRequest, chosen: QuerySet[Task]) -> None:
        doors.each(self, request, chosen, _resume, done="Offered again.")

    @admin.action(description="Drop: refund what is not answered", permissions=["operate"])
    def drop_chosen(self, request: HttpRequest, chosen: QuerySet[Task]) -> HttpResponse | None:
        units = sum(
            one.spare_count * one.project.cost_per_label_units for one in chosen.filter(PAUSED)
        )
        about = f"{REFUND} Of these: {money.written(units)}."
        page = doors.asked(self, request, chosen, title="Drop these tasks", about=about)
        if page is None:
            doors.each(self, request, chosen, _drop, done="Dropped.")
        return page

    # --- One ----------------------------------------------------------------------------------

    @action(
        description="Retire",
        permissions=["retire"],
        dialog=question("Retire", "This gold is asked no more. What was answered stands."),
    )
    def retire(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        return self._one(request, object_id, _retire, done="Taken out.")

    @action(
        description="Resume",
        permissions=["resume"],
        variant=ActionVariant.PRIMARY,
        dialog=question("Resume", "The task is offered again, its reports are done with."),
    )
    def resume(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        return self._one(request, object_id, _resume, done="Offered again.")

    @action(
        description="Drop",
        permissions=["drop"],
        variant=ActionVariant.DANGER,
        dialog=question("Drop", REFUND),
    )
    def drop(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        return self._one(request, object_id, _drop, done="Dropped.")

    def _one(self, request: HttpRequest, object_id: Any, verb: Any, *, done: str) -> HttpResponse:
        task = Task.objects.select_related("project").filter(pk=object_id)
        doors.each(self, request, task, verb, done=done)
        return back(request, LIST)


def _retire(task: Task) -> None:
    gold.retire(task.project, task_id=task.pk)


def _resume(task: Task) -> None:
    reports.resume(task.project, task_id=task.pk)


def _drop(task: Task) -> None:
    reports.drop(task.project, task_id=task.pk)
