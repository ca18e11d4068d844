"""Jury duty: a contested answer or a few, without names; acceptable or not."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from labeling.answers import Config
from labeling.answers.objects import Own
from labeling.content import configs
from labeling.errors import LabelingError
from labeling.media import remotes
from labeling.review import juries
from labeling.review.juries import Docket
from labeling.web import families, wording
from labeling.web.review_forms import PlainFix
from payments import money


@never_cache
@login_required
def jury(request: HttpRequest) -> HttpResponse:
    """The case that this person judges now, if there is one for them."""
    if request.method == "POST":
        return _vote(request)
    docket = juries.take(request.user.pk)
    context = _context(docket) if docket else {"docket": None}
    return render(request, "labeling/jury.html", context)


def _vote(request: HttpRequest) -> HttpResponse:
    seat = request.POST.get("seat", "")
    votes = {
        int(name.removeprefix("answer-")): value == "yes"
        for name, value in request.POST.items()
        if name.startswith("answer-") and name.removeprefix("answer-").isdecimal()
    }
    try:
        seat_id = int(seat) if seat.isdecimal() and len(seat) < 18 else 0
        juries.vote(seat_id, juror_id=request.user.pk, votes=votes)
        messages.success(request, _("Thank you. You are paid when the case is decided."))
    except LabelingError as error:
        messages.error(request, str(error))
    return redirect("jury")


def _context(docket: Docket) -> dict[str, Any]:
    project = docket.case.project
    config = configs.form_of(project.pk, version=project.config_version).config
    own_of = cache(remotes.own)  # of whose answer it is: a known one may be another project's
    return {
        "docket": docket,
        "project": project,
        "pay": money.format(docket.fee_units),
        "rows": [
            {
                "position": one.position,
                "seen": wording.of_task(
                    config, one.submission.task.data, own_of(one.submission.project_id)
                ),
                "said": wording.of_answer(config, one.submission.result),
            }
            for one in docket.answers
        ],
        **_drawn(docket, config, own_of),
    }


def _drawn(docket: Docket, config: Config, own_of: Callable[[int], Own]) -> dict[str, Any]:
    """What the script needs that draws the answers, where they are more than choices and texts."""
    if PlainFix.can_ask(config):
        return {}
    rows = [
        {
            "data": config.shown(one.submission.task.data, own_of(one.submission.project_id)),
            "answer": one.submission.result,
        }
        for one in docket.answers
    ]
    xml = docket.case.project.config
    setup = {"config": xml, "families": families.modules(xml), "rows": rows}
    return {"setup": setup, "scripts": families.scripts(xml)}
