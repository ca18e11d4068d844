"""What was rejected, how it stands, and the requester's way back: accepted and paid after all."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from labeling.errors import LabelingError, NotFound
from labeling.models import Case, Project
from labeling.orders import projects
from labeling.review import cases, reviewers
from labeling.web import figures
from payments.errors import InsufficientFunds

CASES_SHOWN = 20
STATES = {
    Case.State.STANDING: gettext_lazy("It can be appealed."),
    Case.State.APPEALED: gettext_lazy("Appealed: other labelers decide."),
    Case.State.OVERTURNED: gettext_lazy("It did not stand: the labeler is paid."),
    Case.State.UPHELD: gettext_lazy("The jury found it right."),
    Case.State.LAPSED: gettext_lazy("Nobody appealed: it is final."),
}


@never_cache
@login_required
def rejection_list(request: HttpRequest, project_id: int) -> HttpResponse:
    """The rejections in a project that one reviews, newest first; its owner has the way back."""
    project = _reviewed(request, project_id)
    is_own = project.owner_id == request.user.pk
    page = Paginator(cases.of_project(project), CASES_SHOWN).get_page(request.GET.get("page"))
    rows = [_row(case, is_own=is_own) for case in page]
    days = settings.STIPEND_OVERTURN_DAYS
    context = {"project": project, "page": page, "rows": rows, "days": days, "is_own": is_own}
    return render(request, "labeling/rejections.html", context)


def _reviewed(request: HttpRequest, project_id: int) -> Project:
    try:
        return reviewers.project_of(project_id, reviewer=request.user)
    except NotFound as error:
        raise Http404(str(error))


def _row(case: Any, *, is_own: bool) -> dict[str, Any]:
    bounds = None
    if case.bound_low is not None and case.bound_high is not None:
        bounds = [figures.percent(share) for share in (case.bound_low, case.bound_high)]
    return {
        "case": case,
        "state": STATES[Case.State(case.state)],
        "bounds": bounds,
        "can_overturn": is_own and cases.can_overturn(case),
    }


@require_POST
@login_required
def take_back(request: HttpRequest, project_id: int, case_id: UUID) -> HttpResponse:
    """The answers of this rejection are accepted and paid, or the page says why not."""
    project = _owned(request, project_id)
    if not cases.of_project(project).filter(pk=case_id).exists():
        raise Http404("There is no such rejection in this project.")
    try:
        cases.overturn(case_id, judge=request.user)
        messages.success(request, _("The rejection is taken back: the answers are paid."))
    except InsufficientFunds as error:
        words = _("A final rejection is funded anew, out of the project's funds.")
        messages.error(request, " ".join([words, str(error)]))
    except LabelingError as error:
        messages.error(request, str(error))
    return redirect("rejections", project.pk)


def _owned(request: HttpRequest, project_id: int) -> Project:
    try:
        return projects.owned(project_id, owner=request.user)
    except NotFound as error:
        raise Http404(str(error))
