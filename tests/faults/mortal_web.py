"""The web server whose process dies where it is told: `python -m tests.faults.mortal_web …`.

All is as in the product but for the points, see `accidents`, and that another process is there at
once: what it has to load is loaded before, and it may die as often as it is told to.
"""

import runpy
from collections.abc import Callable, Iterable
from typing import Any

from django.urls import get_resolver
from granian.server.mp import MPServer

from config import wsgi
from tests.faults import accidents, orders


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The product's own; before each request it looks for an order to die in it."""
    order = orders.take(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
    if order is None:
        return wsgi.application(environ, start_response)
    with accidents.points(order.step):
        return wsgi.application(environ, start_response)


def _die_as_often_as_told(server: type[MPServer]) -> None:
    """Who dies twice within seconds would be let go, as one that cannot start."""
    respawn = server._respawn_workers

    def forgetful(self: MPServer, *arguments: Any, **options: Any) -> None:
        respawn(self, *arguments, **options)
        self.respawned_wrks.clear()

    server._respawn_workers = forgetful


if __name__ == "__main__":
    assert get_resolver().url_patterns
    _die_as_often_as_told(MPServer)
    runpy.run_module("granian", run_name="__main__", alter_sys=True)
