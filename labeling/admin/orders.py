"""What a requester does with a project before anybody works, done by an admin in their name."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.decorators import action
from unfold.enums import ActionVariant

from labeling.admin import doors
from labeling.admin.order_forms import NewProjectForm, RowsForm
from labeling.data import gold_loads, imports
from labeling.models import Project
from labeling.orders import overviews, projects
from payments import money
from payments.admin.doors import is_among

GOLD = '[{"data": {…}, "expected": [regions]}, …]: tasks with a known answer; a test has no others.'
TASKS = "[{…}, …]: the data of each task. What is there already is left out."


class Orders:
    """Verbs on the list of projects and on a project's page."""

    def has_create_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("labeling.add_project")

    def has_order_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        living = Project.objects.exclude(state=Project.State.CLOSED)
        return self.has_operate_permission(request) and is_among(living, object_id)

    @action(
        description="Create a project or a test",
        permissions=["create"],
        variant=ActionVariant.PRIMARY,
        icon="add",
    )
    def create(self, request: HttpRequest) -> HttpResponse:
        form = NewProjectForm(request.POST or None, initial={"key": uuid4()})
        if form.is_valid():
            owner = form.cleaned_data["owner"]
            made = doors.call(
                *(self, request),
                lambda: projects.create(owner, **form.settings()),
                done="Created: load tasks or gold, fund it, open it.",
            )
            if made is not None:
                return _shown(made.pk)
        title = "Create a project or a test"
        return doors.page(self, request, form, title=title, about="In a requester's name.")

    @action(description="Load gold", permissions=["order"], url_path="load-gold", icon="key")
    def load_gold(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return self._load(request, object_id, gold_loads.load, title="Load gold", about=GOLD)

    @action(description="Load tasks", permissions=["order"], url_path="load-tasks", icon="upload")
    def load_tasks(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return self._load(request, object_id, imports.load, title="Load tasks", about=TASKS)

    def _load(
        self, request: HttpRequest, object_id: Any, verb: Any, *, title: str, about: str
    ) -> HttpResponse:
        project = get_object_or_404(Project, pk=object_id)
        form = RowsForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            loaded = doors.call(
                *(self, request),
                lambda: verb(project, rows=form.rows).load,
                done="Loaded: it is offered once it is opened.",
            )
            if loaded is not None:
                return _shown(object_id)
        return doors.page(self, request, form, title=f"{title}: {project}", about=about)

    @action(
        description="Open",
        permissions=["order"],
        variant=ActionVariant.PRIMARY,
        url_path="open",
        icon="play_arrow",
    )
    def open_tasks(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Asked first: money is held."""
        project = get_object_or_404(Project, pk=object_id)
        if request.method == "POST":
            doors.call(
                *(self, request),
                lambda: projects.open_tasks(project).project,
                done="Open: its tasks are offered.",
            )
            return _shown(object_id)
        seen = overviews.of([project])[project.pk]
        held, there = seen.opening_units, seen.balances.get("FUNDS", 0)
        about = (
            f"This holds {money.written(held)} for what is loaded; {money.written(there)} is there."
        )
        return doors.page(self, request, forms.Form(), title=f"Open: {project}", about=about)


def _shown(project_id: Any) -> HttpResponse:
    return redirect("admin:labeling_project_change", project_id)
