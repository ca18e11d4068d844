"""What a browser may load and run on our pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Requesters' images may come from anywhere; scripts, styles and forms only from here.
PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https: data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)
# The service worker: it asks for our own files and pages, and nothing else.
WORKER = "default-src 'none'; connect-src 'self'; script-src 'self'"
# The admin theme and the API page carry inline styles and evaluate expressions in attributes.
TOOLS = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
TOOL_PATHS = ("/admin/", "/api/v1/docs/")


NEVER_A_PAGE = ("text/css", "text/javascript")  # a policy in front of them says nothing


class ContentSecurityPolicy:
    """Adds a strict Content-Security-Policy to every page, and a wider one to the tools."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith(NEVER_A_PAGE):
            return response
        policy = TOOLS if request.path.startswith(TOOL_PATHS) else PAGES
        response.headers.setdefault("Content-Security-Policy", policy)
        return response
