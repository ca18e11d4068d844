"""Which language a person reads: what they chose, else what their device asks for.

A choice is kept on the account and in a cookie, so that it holds before sign-in as well. Who joins
on a page in another language than English has chosen that one. Mails speak what is kept.
"""

from contextlib import AbstractContextManager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from people.models import User


class ReadersLanguage(LocaleMiddleware):
    """Answers in the reader's language; stands behind the middleware that knows who reads."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.user.language if request.user.is_authenticated else ""
        if chosen not in dict(settings.LANGUAGES):
            super().process_request(request)
            return
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen


def remember(response: HttpResponse, *, user: User | None, language: str) -> None:
    """The cookie holds the choice, and the account too if somebody is signed in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    if user is not None:
        user.language = language
        user.save(update_fields=["language"])


def spoken_to(user: User) -> AbstractContextManager[None]:
    """Inside it everything is said in the person's language: for mails and other jobs."""
    return translation.override(user.language or settings.LANGUAGE_CODE)
