"""What every story ends with."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from payments import jobs
from tests.flows.street import Person


@pytest.fixture
def clean(chain) -> Callable[[], None]:
    """Asserts that the book, the work and the chain tell the same story."""

    def prove() -> None:
        assert jobs.prove().problems == []

    return prove


@pytest.fixture
def meet(live_server) -> Iterator[Callable[..., Person]]:
    """Somebody new, with these roles; all have hung up when the story is over."""
    met: list[Person] = []

    def somebody(**roles: Any) -> Person:
        met.append(Person(live_server.url, **roles))
        return met[-1]

    yield somebody
    for person in met:
        person.http.close()
