"""The one place that turns errors into `{"code", "message", "data"}`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware import csrf
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.parsers import BodyTooLarge

API = "/api/"
CODES = {"error": "bad_request", "invalid": "validation_failed"}
NO_TOKEN = "CSRF Failed"  # so the framework begins what it says of a session without its token


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """An answer for every error of ours or of the framework; None (a 500) for anything else."""
    if hasattr(error, "code") and hasattr(error, "http_status"):
        response = _answer(error.code, str(error), getattr(error, "data", {}), error.http_status)
        return _told(error, response)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, RequestDataTooBig):
        error = BodyTooLarge()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    return _told(error, _framework_answer(error))


def _told(error: Any, response: Response) -> Response:
    """The answer with the headers that the error asks for; nothing that was written stays."""
    set_rollback()
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        response["Retry-After"] = str(int(error.wait))
    return response


def _framework_answer(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail if isinstance(error.detail, dict) else {"errors": error.detail}
        return _answer("validation_failed", _("The request's fields are not valid."), detail, 400)
    code = getattr(error.detail, "code", None) or error.default_code
    if str(error.detail).startswith(NO_TOKEN):
        code = "csrf_failed"
    return _answer(CODES.get(code, code), str(error.detail), {}, error.status_code)


def _answer(code: str, message: str, data: Any, status: int) -> Response:
    return Response({"code": code, "message": message, "data": data or {}}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that is none: JSON for programs, a page for people."""
    if request.path.startswith(API):
        return _outside(404, "not_found", _("There is no such address."))
    return defaults.page_not_found(request, exception)


class PageForWrongMethods:
    """Whoever opens an address that only takes forms sees a page, where Django shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 405 and not answer.content and request.method == "GET":
            answer.content = render_to_string("404.html", request=request)
        return answer


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 for what is somebody else's."""
    if request.path.startswith(API):
        return _outside(403, "permission_denied", _("You are not allowed to do this."))
    return defaults.permission_denied(request, exception)


def not_sent(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that none of our pages has sent, or not in this session; leads back to it."""
    if request.path.startswith(API):
        return _outside(403, "permission_denied", _("You are not allowed to do this."))
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    context = {
        "has_no_cookie": reason == csrf.REASON_NO_CSRF_COOKIE,
        "back": came_from if is_ours else "/",
    }
    return render(request, "403_csrf.html", context, status=403)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for a request that no view gets to see."""
    with _in_readers_language(request):
        if request.path.startswith(API):
            return _outside(400, "bad_request", _("The request is malformed."))
        return defaults.bad_request(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """500: our mistake. Nothing of it is told; the log has it. Needs neither database nor cache."""
    with _in_readers_language(request):
        if request.path.startswith(API):
            message = _("Something went wrong here. Nothing is half done.")
            return _outside(500, "server_error", message)
        return defaults.server_error(request)


def _in_readers_language(request: HttpRequest) -> AbstractContextManager[None]:
    """What was found out about the reader before it went wrong, else what their browser says."""
    known = getattr(request, "LANGUAGE_CODE", "")
    return translation.override(known or translation.get_language_from_request(request))


def _outside(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": message, "data": {}}, status=status)
