"""What makes the labeling page an app on a device: the service worker, the manifest, the page for
times without connection."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from labeling.web import families
from people.security import WORKER
from people.web.languages import words_address

COLOUR = "#0b6e4f"
DIGITS = 12  # of the build
OFFLINE_PAGE = (
    *("look.css", "labeling/look.css", "stipend.svg", "labeling/offline.js", "labeling/store.js"),
    *("labeling/api.js", "labeling/elements.js", "words.js"),
)
MAKES_A_BUILD = (*OFFLINE_PAGE, families.BUNDLE)


@require_safe
@gzip_page
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the root so that it serves all pages; it changes with each build."""
    told = f"const BUILD={json.dumps(_build())},OFFLINE={json.dumps(_offline_files())};\n"
    response = HttpResponse(told + _source(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = WORKER
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a device needs to install the app."""
    body: dict[str, Any] = {
        "name": "Stipend",
        "short_name": "Stipend",
        "description": _("Label data, get paid"),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": COLOUR,
        "icons": [_icon("stipend.svg", "any", "any"), *map(_bitmap, (192, 512))],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
@gzip_page
def offline(request: HttpRequest) -> HttpResponse:
    """Says what is kept on the device. It is the same for everybody: the device adds the rest."""
    return render(request, "labeling/offline.html")


def _offline_files() -> list[str]:
    words = words_address(get_language() or "")
    files = [static(name) for name in OFFLINE_PAGE]
    return [reverse("offline"), *files, *([words] if words else [])]


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
    return {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}


def _bitmap(side: int) -> dict[str, str]:
    return _icon(f"stipend-{side}.png", f"{side}x{side}", "any maskable")


@cache
def _source() -> str:
    return _read("labeling/worker.js")


@cache
def _build() -> str:
    """Says which build of the pages this is."""
    content = "".join(map(_read, MAKES_A_BUILD)) + _source()
    return hashlib.sha256(content.encode()).hexdigest()[:DIGITS]


def _read(name: str) -> str:
    found = finders.find(name)
    return Path(found).read_text() if isinstance(found, str) else ""
