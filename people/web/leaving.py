"""Pages of a person's own data: a copy of all of it, and the end of the account."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people import departures
from people.api.leaving import download
from people.errors import PeopleError
from people.web import doors


@doors.freshly
@require_safe
def data(request: HttpRequest) -> HttpResponseBase:
    """Everything that is held about this person, as one file."""
    try:
        return download(request.user)
    except PeopleError as error:
        return doors.refused(request, error, to="account")


@doors.freshly
def leave(request: HttpRequest) -> HttpResponse:
    """What leaving means, and the button; behind it the code, shown on this one answer."""
    code, status = "", 200
    if request.method == "POST":
        try:
            key = request.session.session_key or ""
            code = departures.ask(request.user, session_key=key).code
        except PeopleError as error:
            messages.error(request, str(error))
            status = error.http_status
    return _leave_page(request, code=code, status=status)


def _leave_page(request: HttpRequest, *, code: str, status: int) -> HttpResponse:
    panels = [import_string(path)(request) for path in settings.STIPEND_LEAVE_PANELS]
    context = {
        "departure": departures.of(request.user),
        "refusals": departures.refusals(request.user),
        "panels": [mark_safe(panel) for panel in panels],
        "days": settings.STIPEND_LEAVE_DAYS,
        "code": code,
    }
    return render(request, "people/leave.html", context, status=status)


@doors.own
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Back to the account, which stays."""
    if departures.take_back(request.user):
        messages.success(request, _("Your account stays. Make new tokens for your programs."))
    return redirect("account")
