"""Metrics: the gauges in the text format of Prometheus, for a monitor and nobody else.

Whoever shows STIPEND_METRICS_TOKEN (`Authorization: Bearer …`) reads them, and so does an admin who
may look at the network. Without a token in the settings so does this machine itself, unless a proxy
stands before us: then everybody seems to come from there.
"""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from payments import gauges

PREFIX = "stipend_"
LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class Gauges(Collector):
    """The gauges as they are when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for one in gauges.all_of_them():
            labels = [one.label] if one.label else None
            family = GaugeMetricFamily(PREFIX + one.name, one.help, labels=labels)
            if one.value is not None:
                family.add_metric([], one.value)
            for value, figure in one.values:
                family.add_metric([value], figure)
            yield family


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All gauges; 403 to a stranger."""
    if not _may_look(request):
        return HttpResponse("Not for you.\n", status=403, content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_look(request: HttpRequest) -> bool:
    token = settings.STIPEND_METRICS_TOKEN
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and constant_time_compare(given.strip(), token):
        return True
    if request.user.is_staff and request.user.has_perm("payments.view_network"):
        return True
    return not token and _comes_from_here(request)


def _comes_from_here(request: HttpRequest) -> bool:
    if settings.STIPEND_PROXIES or any(name in request.META for name in FORWARDED):
        return False
    return request.META.get("REMOTE_ADDR", "") in LOOPBACK
