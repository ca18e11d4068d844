"""The language switch, and the words that scripts say."""

import hashlib
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from people import languages

VERSION_DIGITS = 12
YEAR_SECONDS = 31_536_000


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Back where the person was, in the language they chose."""
    next_url = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        next_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        next_url = "/"
    response = HttpResponseRedirect(next_url)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        user = request.user if request.user.is_authenticated else None
        languages.remember(response, user=user, language=language)
    return response


@lru_cache
def words_of(language: str) -> bytes:
    """The script with what our scripts say in this language; empty if they say it in English."""
    file = settings.LOCALE_PATHS[0] / language / "words.js"
    return file.read_bytes() if language in dict(settings.LANGUAGES) and file.exists() else b""


def words_address(language: str) -> str:
    """Where that script is, empty if there is none; it changes with the content."""
    words = words_of(language)
    version = hashlib.sha256(words).hexdigest()[:VERSION_DIGITS]
    return reverse("words", args=[language, version]) if words else ""


@require_safe
@gzip_page
def words(request: HttpRequest, language: str, version: str) -> HttpResponse:
    """The script; whoever has this version need not ask again."""
    script = words_of(language)
    if not script:
        raise Http404("There is no such language.")
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    is_current = hashlib.sha256(script).hexdigest().startswith(version)
    lasting = f"public, max-age={YEAR_SECONDS}, immutable"
    response["Cache-Control"] = lasting if is_current else "no-cache"
    return response
