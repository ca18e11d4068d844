"""Projects, what was loaded into them, and who works in them."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from labeling.admin import doors
from labeling.admin.orders import Orders
from labeling.admin.project_form import ProjectForm, written
from labeling.models import Example, Membership, Project
from labeling.orders import projects, rules, warnings
from payments import money
from payments.admin.readonly import ReadOnlyAdmin

OFFER = ["price", "fee", "instructions", "config"]
FIXED_QUALITY = ["overlap", "overlap_max"]


@admin.register(Project)
class ProjectAdmin(Orders, ReadOnlyAdmin):
    list_display = ["id", "title", "owner", "state", "price", "overlap", "review", "created_at"]
    list_display_links = ["id", "title"]
    list_filter = ["state", "review"]
    list_select_related = ["owner"]
    search_fields = ["title", "owner__username", "=id"]
    actions = ["pause", "close"]
    actions_list = ["create"]
    actions_detail = ["load_tasks", "load_gold", "open_tasks"]
    form = ProjectForm
    fieldsets = [
        (None, {"fields": ["title", "owner", "kind", "state", "skill"]}),
        ("The offer", {"fields": [*OFFER, "examples", "lease_minutes"]}),
        ("Quality", {"fields": [*FIXED_QUALITY, *rules.QUALITY]}),
        ("Who may work", {"fields": [*rules.ADMISSION, "warnings"]}),
        ("Dates", {"fields": ["created_at", "opened_at", "closed_at"]}),
    ]
    readonly_fields = [
        *("owner", "kind", "state", "skill", *OFFER, *FIXED_QUALITY),
        *("warnings", "created_at", "opened_at", "closed_at"),
    ]

    @admin.display(description="price", ordering="price_units")
    def price(self, project: Project) -> str:
        return money.format(project.price_units)

    @admin.display(description="fee")
    def fee(self, project: Project) -> str:
        return money.format(project.fee_units)

    @admin.display(description="examples")
    def examples(self, project: Project) -> str:
        """For those who only look."""
        return json.dumps([written(one) for one in project.examples.all()], ensure_ascii=False)

    @admin.display(description="warnings")
    def warnings(self, project: Project) -> str:
        """What keeps everybody out, by what is stored: a refused form has changed this one."""
        return " ".join(warnings.of([Project.objects.get(pk=project.pk)])[project.pk])

    def has_change_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        """A closed project is only looked at."""
        if obj is not None and obj.state == Project.State.CLOSED:
            return False
        return self.has_operate_permission(request)

    def get_fieldsets(self, request: HttpRequest, obj: Project | None = None) -> Any:
        return self.fieldsets

    def save_model(
        self, request: HttpRequest, obj: Project, form: ProjectForm, change: bool
    ) -> None:
        """Through the room: behind the lock, with admissions that start anew."""
        wanted = {name: form.cleaned_data[name] for name in form.changed_data}
        changed = projects.change(obj, **wanted)
        for sentence in warnings.of([changed])[changed.pk]:
            messages.warning(request, sentence)

    @admin.action(description="Pause: hand out nothing more for now", permissions=["operate"])
    def pause(self, request: HttpRequest, chosen: QuerySet[Project]) -> None:
        doors.each(self, request, chosen, projects.pause, done="is paused.")

    @admin.action(description="Close: refund what no answer can cost", permissions=["operate"])
    def close(self, request: HttpRequest, chosen: QuerySet[Project]) -> HttpResponse | None:
        about = "Nothing more is handed out, ever; what no answer can cost any more goes back."
        page = doors.asked(self, request, chosen, title="Close these projects", about=about)
        if page is None:
            doors.each(self, request, chosen, projects.close, done="is closed.")
        return page

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_project")


@admin.register(Example)
class ExampleAdmin(ReadOnlyAdmin):
    list_display = ["project", "position", "is_shown", "why"]
    list_filter = ["is_shown"]
    list_select_related = ["project"]
    search_fields = ["project__title", "=project__id"]
    exclude = ["content_hash"]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = [
        *("project", "labeler", "leases_count", "gold_count", "gold_right_count"),
        *("barred_at", "joined_at"),
    ]
    list_select_related = ["project", "labeler"]
    search_fields = ["project__title", "labeler__username", "labeler__pseudonym"]
