"""A labeler's answers and what stands on them; a rejection, its proof, and the appeal."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from labeling.errors import LabelingError
from labeling.models import Case, Submission
from labeling.review import appeals
from labeling.web import answer_rows, figures
from payments import money

ANSWERS_SHOWN = 30
NOTE_CHARACTERS = 2000
State = Submission.State
FILTERS = {
    "waiting": [State.SUBMITTED],
    "accepted": [State.ACCEPTED],
    "rejected": [State.REJECTED, State.APPEALED, State.FORFEITED],
}
TABS = [
    ("", gettext_lazy("All")),
    ("waiting", gettext_lazy("Waiting")),
    ("accepted", gettext_lazy("Accepted")),
    ("rejected", gettext_lazy("Rejected")),
]


class AppealForm(forms.Form):
    """Why the answer is right."""

    note = forms.CharField(
        label=gettext_lazy("Why is your answer right?"),
        max_length=NOTE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@never_cache
@login_required
def answer_list(request: HttpRequest) -> HttpResponse:
    """What this person answered, newest first."""
    found = answer_rows.found_of(request.user.pk)
    wanted = request.GET.get("state", "")
    if wanted in FILTERS:
        found = found.filter(state__in=FILTERS[wanted])
    page = Paginator(found, ANSWERS_SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "rows": answer_rows.of(list(page)), "wanted": wanted, "tabs": TABS}
    return render(request, "labeling/answers.html", context)


@never_cache
@login_required
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A rejection of this person's answers: why, until when, how to contest it, how it ended."""
    mine = appeals.of_labeler(request.user.pk).filter(pk=case_id).first()
    if mine is None:
        raise Http404("There is no such case of yours.")
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appeals.appeal(mine.pk, labeler_id=request.user.pk, note=form.cleaned_data["note"])
            messages.success(request, _("Your appeal is in: other labelers will look at it."))
            return redirect("case", case_id)
        except LabelingError as error:
            form.add_error(None, str(error))
    return render(request, "labeling/case.html", _context(mine, form))


def _context(mine: Case, form: AppealForm) -> dict[str, Any]:
    answers = mine.submissions.select_related("task", "project").order_by("id")
    rows = answer_rows.of(found := list(answers))
    accepted = sum(one.state == State.ACCEPTED for one in found)
    is_open = mine.state == Case.State.STANDING
    return {
        "case": mine,
        "rows": rows,
        "form": form if is_open else None,
        "stake": money.format(appeals.stake_units(mine)) if is_open else None,
        "staked": money.format(mine.stake_units) if mine.stake_units else None,
        "lost": money.format(mine.lost_units) if mine.lost_units else None,
        "paid": accepted if accepted < len(found) else None,
        "cites_gold": mine.reason == Case.Reason.GOLD_FAILED,
        "bounds": _bounds(mine),
        "accepted_units": accepted * mine.project.price_units,
    }


def _bounds(mine: Case) -> dict[str, str] | None:
    if mine.bound_low is None or mine.bound_high is None:
        return None
    return {"low": figures.percent(mine.bound_low), "high": figures.percent(mine.bound_high)}
