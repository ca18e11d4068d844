"""Every address of the product, one include per room."""

from django.contrib import admin
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from people.web.entrance import AdminSignInView


def health(request: HttpRequest) -> HttpResponse:
    """200 when this process can reach PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


handler400 = "config.errors.malformed"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.failed"

urlpatterns = [
    path("api/v1/", include("labeling.api.urls")),
    path("api/v1/", include("people.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("healthz", health),
    path("admin/login/", AdminSignInView.as_view()),
    path("admin/", admin.site.urls),
    path(
        "api/v1/schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="schema"
    ),
    path(
        "api/v1/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", permission_classes=[AllowAny]),
        name="docs",
    ),
    path("", include("launcher.urls")),
    path("", include("people.web.urls")),
    path("", include("payments.web.urls")),
    path("", include("labeling.web.urls")),
]
