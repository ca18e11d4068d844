"""Pages of labelers: what work there is, what it asks and pays, and the work itself."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from labeling import offers
from labeling.errors import NotFound
from labeling.models import Report
from labeling.web import cards, controls

OFFERS_SHOWN = 100


def offer_list(request: HttpRequest) -> HttpResponse:
    """The front page: open projects with their pay."""
    found = offers.describe(offers.search(request.user)[:OFFERS_SHOWN], request.user)
    context = {
        "cards": [cards.of(offer) for offer in found],
        "more": len(found) == OFFERS_SHOWN,
        "days": settings.STIPEND_RECORD_DAYS,
    }
    return render(request, "labeling/offers.html", context)


def offer(request: HttpRequest, project_id: int) -> HttpResponse:
    """What one project asks and pays, before anything is promised."""
    found = _offer(request, project_id)
    context = {"offer": found, "card": cards.of(found), "days": settings.STIPEND_RECORD_DAYS}
    return render(request, "labeling/offer.html", context)


@never_cache
@login_required
@ensure_csrf_cookie
def work(request: HttpRequest, project_id: int) -> HttpResponse:
    """The labeling page; it takes tasks and sends answers through the JSON API."""
    if not request.user.is_labeler:
        return redirect("offer", project_id)
    found = _offer(request, project_id)
    here = reverse("work", args=[project_id])
    setup = controls.describe(found.config) | {
        "project": project_id,
        "person": request.user.pk,
        "sign_in": f"{reverse('sign-in')}?next={here}",
    }
    context = {"offer": found, "setup": setup, "report_reasons": Report.Reason.choices}
    return render(request, "labeling/work.html", context)


def _offer(request: HttpRequest, project_id: int) -> offers.Offer:
    try:
        return offers.get(request.user, project_id=project_id)
    except NotFound as error:
        raise Http404(str(error))
