"""Addresses of the demo's images."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from launcher import digits

YEAR_SECONDS = 31_536_000


@require_safe
@cache_control(public=True, max_age=YEAR_SECONDS, immutable=True)
def digit(request: HttpRequest, number: int) -> HttpResponse:
    """One handwritten digit; it never changes."""
    try:
        return HttpResponse(digits.png(number), content_type="image/png")
    except IndexError:
        raise Http404


urlpatterns = [path("images/digits/<int:number>.png", digit, name="digit")]
