"""Asks a web process for every page whose address needs nothing else, as an admin who may see all.

Prints what it has loaded before the first page and behind the last one, as one line of JSON.
"""

import json
import sys
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

import config.wsgi

ROOTS = ("payments.chain", "payments.jobs", "web3", "siwe", "eth_account")


def loaded() -> list[str]:
    """The rooms and packages that somebody has an eye on, as far as they are in memory."""
    return sorted(name for name in sys.modules if name.startswith(ROOTS))


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Those without a parameter."""
    for one in patterns:
        if not isinstance(one.pattern, RoutePattern) or one.pattern.converters:
            continue
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, address)
        else:
            yield address


def main() -> None:
    assert config.wsgi.application
    first, found = loaded(), sorted(set(addresses(get_resolver().url_patterns)))
    stranger, admin = Client(), Client()
    admin.force_login(get_user_model().objects.get(is_superuser=True))
    for client in (stranger, admin):
        for address in found:
            client.get(address)
    print(json.dumps({"asked": found, "first": first, "last": loaded()}))


if __name__ == "__main__":
    main()
