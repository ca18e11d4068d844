"""What a browser may load and run on our pages, and what the admin's pages ask of admins."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from people import confirmations

# Everything comes from here, requesters' pictures and sounds too: see docs/media.md.
PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)
# The service worker: it asks for our own files and pages, and nothing else.
WORKER = "default-src 'none'; connect-src 'self'; script-src 'self'"
# Where keys are made and messages signed: nothing of anybody else's at all.
SEALED = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
# The admin theme carries inline styles, and evaluates expressions in attributes of its own pages
# (docs/adr/0012); no script stands in a page, here neither.
ADMINS = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# The API's page carries inline styles.
DOCS = ADMINS.replace(" 'unsafe-eval'", "")
ADMIN, ADMIN_ENTRANCE = "/admin/", ("/admin/login/", "/admin/logout/", "/admin/jsi18n/")
TOOLS = {ADMIN: ADMINS, "/api/v1/docs/": DOCS}


NEVER_A_PAGE = ("text/css", "text/javascript")  # a policy in front of them says nothing


class ContentSecurityPolicy:
    """Adds a strict Content-Security-Policy to every page, and a wider one to the tools."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith(NEVER_A_PAGE):
            return response
        response.headers.setdefault("Content-Security-Policy", policy_of(request.path))
        return response


def policy_of(path: str) -> str:
    """What a page at this path may load and run."""
    return next((policy for tool, policy in TOOLS.items() if path.startswith(tool)), PAGES)


def sealed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view's page loads nothing that is not the product's own."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = SEALED
        return response

    return answered


class AdminsInTwoSteps:
    """In /admin/ nothing is shown to a session that has shown a password only.

    STIPEND_ADMIN_TWO_FACTOR=0 lifts it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.STIPEND_ADMIN_TWO_FACTOR
            and request.path.startswith(ADMIN)
            and not request.path.startswith(ADMIN_ENTRANCE)
            and request.user.is_staff
            and not confirmations.is_strong(request)
        ):
            messages.warning(request, _("Admins need a second step. Set one up, or use it."))
            goal = "confirm" if request.user.two_step else "second-steps"
            return redirect(f"{reverse(goal)}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)
