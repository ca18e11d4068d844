"""Serves media on our own origin, so that no page has to load anything from anywhere else.

Who has the address of a file may have the file: it is its SHA-256, so they were shown it, or hold
it already. An address that stands for one elsewhere carries a seal that only we can make. So no
session is read, and nothing here varies with who asks.

Bodies are one piece each: the server hands it over at once and its thread is free, however slow
the phone. A player that asks for a part gets at most PIECE_BYTES and asks again.
"""

import re
from collections.abc import Callable
from typing import BinaryIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from labeling import errors
from labeling.errors import LabelingError, MediaElsewhere, MediaRemoved, NotFound
from labeling.media import addresses, files, kinds, remotes
from labeling.models import Elsewhere, Medium

PIECE_BYTES = 1024 * 1024
YEAR_SECONDS = 31_536_000
LOOK_AGAIN_SECONDS = 1
ELSEWHERE = re.compile(r"([0-9]{1,18})/([\w-]{22})/([\w-]+)")
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# Whatever somebody makes of such a file, in a tab of its own too: it runs nothing, loads nothing.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
PROBLEMS = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, LabelingError)
}


class Media:
    """Answers for the addresses of media, in front of everything that knows people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(addresses.PREFIX):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        with translation.override(translation.get_language_from_request(request)):
            response = _answer(request, request.path.removeprefix(addresses.PREFIX))
        if response.content:
            response["Content-Length"] = str(len(response.content))
        response["Content-Security-Policy"] = POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _answer(request: HttpRequest, rest: str) -> HttpResponse:
    try:
        if packed := ELSEWHERE.fullmatch(rest):
            return _elsewhere(request, int(packed[1]), packed[2], packed[3])
        return _file(request, rest)
    except LabelingError as error:
        return _said(error.code, str(error), error.http_status)


def _elsewhere(request: HttpRequest, project_id: int, seal: str, packed: str) -> HttpResponse:
    """What was fetched; until then 202, after which one looks again."""
    found = remotes.ask(project_id, addresses.read(project_id, seal, packed))
    if found.medium is not None:
        return _file(request, found.medium.name)
    if found.state == Elsewhere.State.WAITING:
        response = _said("media_waiting", _("It is being fetched: look again in a moment."), 202)
        response["Retry-After"] = str(LOOK_AGAIN_SECONDS)
        return response
    if found.problem == MediaRemoved.code:
        raise MediaRemoved()
    problem = PROBLEMS.get(found.problem, MediaElsewhere)(**found.facts)
    return _said(problem.code, str(problem), MediaElsewhere.http_status)


def _said(code: str, message: str, status: int) -> HttpResponse:
    response = JsonResponse({"code": code, "message": message, "data": {}}, status=status)
    response["Cache-Control"] = "no-store"
    return response


# --- A file ---------------------------------------------------------------------------------


def _file(request: HttpRequest, name: str) -> HttpResponse:
    """The file, or the part of it that is asked for; raises NotFound, MediaRemoved."""
    path = files.path_of(name)
    if path is None:
        raise MediaRemoved() if _was_removed(name) else NotFound()
    tag = f'"{name[:64]}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    elif settings.STIPEND_MEDIA_ACCEL:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.STIPEND_MEDIA_ACCEL}/{name[:2]}/{name}"
    else:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            response = _part(request, file, size_bytes, tag)
    response["Content-Type"] = kinds.KINDS[name.rpartition(".")[2]].content_type
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response["ETag"] = tag
    response["Accept-Ranges"] = "bytes"
    return response


def _was_removed(name: str) -> bool:
    is_name = files.NAME.fullmatch(name) is not None
    return is_name and Medium.objects.filter(name=name, removed_at__isnull=False).exists()


def _part(request: HttpRequest, file: BinaryIO, size_bytes: int, tag: str) -> HttpResponse:
    """All of it, or one piece from where the reader asks on (RFC 9110, 14)."""
    asked = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    is_same = request.headers.get("If-Range", tag) == tag
    if asked is None or asked[0] == "bytes=-" or not is_same:
        return HttpResponse(file.read())
    if asked[1]:
        first = int(asked[1])
        last = int(asked[2]) if asked[2] else size_bytes - 1
    else:
        first, last = max(size_bytes - int(asked[2]), 0), size_bytes - 1
    last = min(last, size_bytes - 1, first + PIECE_BYTES - 1)
    if first > last:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size_bytes}"
        return response
    file.seek(first)
    response = HttpResponse(file.read(last - first + 1), status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{size_bytes}"
    return response
