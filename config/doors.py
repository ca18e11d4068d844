"""Two doors into one house: programs show a token at theirs, people come with a session.

Who shows a token needs no session, no check of cookies and no page's messages, and the layers that
bring them cost as much as a hot request's whole work. Both doors lead to the same views.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.utils.module_loading import import_string

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
API, TOKEN = "/api/", "Token "


class ProgramsHandler(WSGIHandler):
    """Django's handler with the layers of STIPEND_PROGRAMS_MIDDLEWARE, which only wrap."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware = []
        self._template_response_middleware = []
        self._exception_middleware = []
        handler = convert_exception_to_response(self._get_response)
        for path in reversed(settings.STIPEND_PROGRAMS_MIDDLEWARE):
            handler = convert_exception_to_response(import_string(path)(handler))
        self._middleware_chain = handler


def doors(*, people: Application, programs: Application) -> Application:
    """One application: what comes to the API with a token goes to `programs`, all else to `people`.

    Tokens are never looked at here; a wrong one is refused behind either door.
    """

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        shows_token = environ.get("HTTP_AUTHORIZATION", "").startswith(TOKEN)
        is_program = shows_token and environ.get("PATH_INFO", "").startswith(API)
        return (programs if is_program else people)(environ, start_response)

    return application
