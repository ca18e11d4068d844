"""Pages of whoever judges answers: one at a time, by button or by key, or many at once."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from labeling.answers import Config
from labeling.content import configs
from labeling.errors import LabelingError, MalformedCursor, NotFound, OwnAnswer
from labeling.media import addresses
from labeling.models import Project, Submission
from labeling.review import reviewers, reviews
from labeling.review.reviews import Look
from labeling.web import families, figures, wording
from labeling.web.review_forms import ManyForm, PlainFix, RejectForm, fix_form
from payments import money
from payments.errors import InsufficientFunds
from people import locales

PROJECTS_SHOWN = 100
COUNTED = 1000  # answers; of more the page says "more than"


@never_cache
@login_required
def project_list(request: HttpRequest) -> HttpResponse:
    """The projects that this person reviews, with how much waits in each."""
    found = reviewers.reviewed_by(request.user).exclude(state=Project.State.DRAFT)[:PROJECTS_SHOWN]
    counts = reviews.waiting_in(found, reviewer=request.user, limit=COUNTED + 1)
    rows = [{"project": project, "waiting": _counted(counts[project.pk])} for project in found]
    return render(request, "labeling/review_list.html", {"rows": rows})


@never_cache
@login_required
def review(request: HttpRequest, project_id: int) -> HttpResponse:
    """The answer that needs a look most; what is posted about it decides it, then the next."""
    project = _project(request, project_id)
    if request.method == "POST":
        return _decide(request, project)
    try:
        found = reviews.next(project, reviewer=request.user, after=request.GET.get("after", ""))
    except MalformedCursor:
        return redirect("review", project.pk)
    if found is None:
        context = {"project": project, "many_form": ManyForm(), "skipped": request.GET.get("after")}
        context["waiting"] = _waiting(request, project)
        return render(request, "labeling/review_empty.html", context)
    return _page(request, project, reviews.look(found.pk, reviewer=request.user))


@never_cache
@login_required
def accept_many(request: HttpRequest, project_id: int) -> HttpResponse:
    """How many answers are meant, and a button that accepts them."""
    project = _project(request, project_id)
    form = ManyForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return render(request, "labeling/review_many.html", _many(project, form), status=400)
    chosen = form.chosen()
    if request.method == "POST":
        accepted = reviews.accept_all(project, reviewer=request.user, chosen=chosen)
        messages.success(request, _accepted(accepted.count))
        if accepted.is_more:
            messages.info(request, _("There are more of them: accept once more."))
        return redirect("review", project.pk)
    count = reviews.count(project, reviewer=request.user, chosen=chosen)
    context = _many(project, form) | {"count": count, "limit": settings.STIPEND_BULK_ANSWERS}
    if project.owner_id == request.user.pk:
        context["cost"] = money.format(count * project.cost_per_label_units)
    return render(request, "labeling/review_many.html", context)


def _many(project: Project, form: ManyForm) -> dict[str, Any]:
    return {"project": project, "form": form}


def _accepted(count: int) -> str:
    words = ngettext("%(count)s answer is accepted.", "%(count)s answers are accepted.", count)
    return words % {"count": locales.number(count)}


def _project(request: HttpRequest, project_id: int) -> Project:
    try:
        return reviewers.project_of(project_id, reviewer=request.user)
    except NotFound as error:
        raise Http404(str(error))


def _waiting(request: HttpRequest, project: Project) -> str:
    return _counted(reviews.waiting(project, reviewer=request.user, limit=COUNTED + 1))


def _counted(count: int) -> str:
    if count > COUNTED:
        return _("more than %(count)s") % {"count": locales.number(COUNTED)}
    return locales.number(count)


# --- One answer -----------------------------------------------------------------------------


def _decide(request: HttpRequest, project: Project) -> HttpResponse:
    """The next answer if this one is decided now, else the same with what is missing."""
    verb = VERBS.get(request.POST.get("verb", ""))
    submission_id = request.POST.get("submission", "")
    if verb is None or not (submission_id.isascii() and submission_id.isdigit()):
        return HttpResponseBadRequest(_("There is no such button."))
    try:
        look = reviews.look(int(submission_id[:18]), reviewer=request.user)
    except (NotFound, OwnAnswer) as error:
        raise Http404(str(error))
    if look.submission.project_id != project.pk:
        raise Http404("This answer belongs to another project.")
    if look.submission.state != Submission.State.SUBMITTED:
        messages.info(request, _("This answer has been decided about meanwhile."))
    else:
        unclear = verb(request, project, look)
        if unclear:
            return _page(request, project, look, **unclear)
    after = request.GET.get("after", "")
    query = f"?{urlencode({'after': after})}" if after else ""
    return redirect(reverse("review", args=[project.pk]) + query)


Unclear = dict[str, Any] | None  # the form that says what is missing; none when it is done


def _accept(request: HttpRequest, project: Project, look: Look) -> Unclear:
    reviews.accept(look.submission.pk, reviewer=request.user)
    messages.success(request, _("Answer %(number)s is accepted.") % {"number": look.submission.pk})
    return None


def _reject(request: HttpRequest, project: Project, look: Look) -> Unclear:
    form = RejectForm(request.POST)
    if form.is_valid() and _done(
        form,
        lambda: reviews.reject(look.submission.pk, reviewer=request.user, **form.cleaned_data),
    ):
        number = {"number": look.submission.pk}
        messages.success(request, _("Answer %(number)s is rejected.") % number)
        return None
    return {"reject_form": form}


def _fix(request: HttpRequest, project: Project, look: Look) -> Unclear:
    form = fix_form(_config(project), request.POST)
    if form.is_valid() and _done(
        form,
        lambda: reviews.fix(
            look.submission.pk,
            reviewer=request.user,
            result=form.result(),
            decision=form.wanted(),
        ),
    ):
        number = {"number": look.submission.task_id}
        messages.success(request, _("Task %(number)s has its right answer.") % number)
        return None
    return {"fix_form": form}


VERBS: dict[str, Callable[[HttpRequest, Project, Look], Unclear]] = {
    "accept": _accept,
    "reject": _reject,
    "fix": _fix,
}


def _done(form: Any, verb: Callable[[], Any]) -> bool:
    """True if the verb ran; else its objection is on the form."""
    try:
        verb()
    except InsufficientFunds:
        words = _("A rejection needs a jury's pay in the project's funds. Add some.")
        form.add_error(None, words)
        return False
    except LabelingError as error:
        form.add_error(None, str(error))
        return False
    return True


def _config(project: Project) -> Config:
    return configs.form_of(project.pk, version=project.config_version).config


def _page(request: HttpRequest, project: Project, look: Look, **forms: Any) -> HttpResponse:
    config, submission, task = _config(project), look.submission, look.submission.task
    seconds = (submission.submitted_at - submission.assignment.leased_at).total_seconds()
    can_fix = task.expected is None
    best_guess = submission.result if task.consensus is None else task.consensus
    context = {
        "project": project,
        "look": look,
        "submission": submission,
        "seen": wording.of_task(config, task.data, addresses.own(project.pk)),
        "answer": wording.of_answer(config, submission.result),
        "known": wording.of_answer(config, task.expected),
        "consensus": wording.of_answer(config, task.consensus),
        "others": [(one, wording.of_answer(config, one.result)) for one in look.others],
        "lead_time": figures.pace(round(seconds, 1)) if seconds < 90 else figures.duration(seconds),
        "score_percent": _percent(submission.score),
        "confidence_percent": _percent(task.confidence),
        "reputation_percent": _percent(look.reputation),
        "waiting": _waiting(request, project),
        "after": request.GET.get("after", ""),
        "reject_form": RejectForm(),
        "fix_form": fix_form(config, given=best_guess) if can_fix else None,
        "many_form": ManyForm(),
    }
    if not PlainFix.can_ask(config):
        context |= _drawn(project, config, submission)
    return render(request, "labeling/review.html", context | forms, status=400 if forms else 200)


def _drawn(project: Project, config: Config, submission: Submission) -> dict[str, Any]:
    """What the script draws: this answer, and the labeling page's form to put it right."""
    setup = {
        "config": project.config,
        "data": config.shown(submission.task.data, addresses.own(project.pk)),
        "answer": submission.result,
        "families": families.modules(project.config),
    }
    return {"setup": setup, "scripts": families.scripts(project.config)}


def _percent(share: float | None) -> str:
    return "" if share is None else figures.percent(share)
