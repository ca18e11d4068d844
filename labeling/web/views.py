"""Pages of labelers: what work there is, what it asks and pays, and the work itself."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page

from labeling.api import rendering
from labeling.content import configs, examples, gold
from labeling.crowd import reputation
from labeling.errors import LabelingError, NotFound
from labeling.handout import assignments, offers
from labeling.media import addresses
from labeling.models import Report
from labeling.web import cards, families, figures, wording
from labeling.web.offer_forms import WishForm

HELD = 3  # tasks that a page holds at once: the next is there before it is asked for
OFFERS_SHOWN = 20
ROOTS_KEPT = 50  # of a project's gold, the newest


def offer_list(request: HttpRequest) -> HttpResponse:
    """The front page: open projects with their pay, narrowed by what is looked for."""
    user = request.user
    form = WishForm(request.GET, languages=offers.languages(), is_known=user.is_authenticated)
    found = offers.search(user, form.wish())
    page = Paginator(found, OFFERS_SHOWN).get_page(request.GET.get("page"))
    shown = offers.describe(list(page), user)
    context = {
        "form": form,
        "page": page,
        "cards": [cards.of(offer) for offer in shown],
        "days": settings.STIPEND_RECORD_DAYS,
        "payout_minimum": settings.STIPEND_PAYOUT_MINIMUM_UNITS,
        "reputation": figures.percent(reputation.score(user.pk)) if user.pk else "",
    }
    return render(request, "labeling/offers.html", context)


def offer(request: HttpRequest, project_id: int) -> HttpResponse:
    """What one project asks and pays, with examples, before anything is promised."""
    found = _offer(request, project_id)
    config = configs.form_of(project_id, version=found.config_version).config
    project = examples.project_of(project_id)
    known = list(project.examples.all())
    own = addresses.own(project_id)
    rows = [
        {
            "example": one,
            "seen": wording.of_task(config, one.data, own),
            "said": wording.of_answer(config, one.result),
        }
        for one in known
        if one.is_shown
    ]
    context = {
        "offer": found,
        "card": cards.of(found),
        "days": settings.STIPEND_RECORD_DAYS,
        "examples": rows,
        "practice_count": len(known),
        "is_own": project.owner_id == request.user.pk,
    }
    return render(request, "labeling/offer.html", context)


@gzip_page
@never_cache
@login_required
@ensure_csrf_cookie
def work(request: HttpRequest, project_id: int) -> HttpResponse:
    """The labeling page with the first tasks; it takes more and sends answers through the API."""
    if not request.user.is_labeler:
        return redirect("offer", project_id)
    found = _offer(request, project_id)
    sign_in = f"{reverse('sign-in')}?next={reverse('work', args=[project_id])}"
    setup = _held(request, project_id) | {
        "project": project_id,
        "title": found.title,
        "now": timezone.now(),
        "person": request.user.pk,
        "count": HELD,
        "families": families.modules(found.config),
        "commitments": _commitments(project_id),
        "sign_in": sign_in,
        "leave": reverse("offer", args=[project_id]),
    }
    context = {
        "offer": found,
        "sign_in": sign_in,
        "setup": rendering.inside_page(setup),
        "scripts": families.scripts(found.config),
        "report_reasons": Report.Reason.choices,
    }
    return render(request, "labeling/work.html", context)


def _commitments(project_id: int) -> list[dict[str, str]]:
    """The roots of the project's gold, for the device to keep before the work begins."""
    found = gold.committed(project_id, newest=ROOTS_KEPT)
    return [{name: one[name] for name in ("load", "root")} for one in found]


def _held(request: HttpRequest, project_id: int) -> dict[str, Any]:
    """The tasks that this person holds now, or what keeps them from it, as the API says it."""
    try:
        held = assignments.leases(project_id, labeler_id=request.user.pk, count=HELD)
    except LabelingError as error:
        problem = {"code": error.code, "message": str(error), "data": error.data}
        return {"held": [], "problem": problem | {"status": error.http_status}}
    return {"held": [rendering.assignment(lease) for lease in held], "problem": None}


def _offer(request: HttpRequest, project_id: int) -> offers.Offer:
    try:
        return offers.get(request.user, project_id=project_id)
    except NotFound as error:
        raise Http404(str(error))
