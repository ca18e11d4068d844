"""Accidents at every point that matters: each commit, and each call to the chain.

A point is the end of a database transaction, a single writing statement outside of one, or one
call over RPC. `die_at` kills a child process there; `fail_at` lets the wire break there.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NoReturn

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from requests.exceptions import ReadTimeout
from web3 import HTTPProvider

from payments.chain import endpoints

WRITES = ("INSERT", "UPDATE", "DELETE", "SELECT payments_post", "CALL payments_post")
BEFORE, AFTER = "before", "after"
Step = Callable[[str, Callable[[], Any]], Any]  # what it is called, and what does it


def die_at(number: int, when: str, story: Callable[[], None]) -> str:
    """The name of the point where a child process that told the story was killed; "" if it lived.

    SIGKILL: nothing is cleaned up, nothing is rolled back but by PostgreSQL.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _tell(story, number=number, when=when, writer=writer)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        name = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        wait_until_postgresql_noticed()
        return name
    assert os.WEXITSTATUS(status) == 0, f"The child failed: {name}"
    return ""


def _tell(story: Callable[[], None], *, number: int, when: str, writer: int) -> None:
    numbers = count(1)

    def step(name: str, do: Callable[[], Any]) -> Any:
        mine = next(numbers) == number
        if mine and when == BEFORE:
            die(name, writer)
        result = do()
        if mine:
            die(name, writer)
        return result

    code = 1
    try:
        _forget_inherited_wires()
        with points(step):
            story()
        code = 0
    except BaseException as error:
        os.write(writer, f"{type(error).__name__}: {error}".encode()[:4000])
    os._exit(code)


def die(name: str, writer: int) -> NoReturn:
    """SIGKILL to this very process, once it has said where."""
    os.write(writer, name.encode())
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("It lives.")


def _forget_inherited_wires() -> None:
    """The parent's sockets stay the parent's: the child opens its own."""
    inherited = connection.connection
    connections["default"].connection = None
    globals()["_kept"] = inherited  # never collected here, so never closed here


def wait_until_postgresql_noticed(application: str = "") -> None:
    """The dead process's session is over, and with it its locks: nobody else has one, or nobody
    else of this application."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid() "
        "AND %s IN ('', application_name)"
    )
    for _ in range(10_000):
        with connection.cursor() as cursor:
            cursor.execute(waiting, [application])
            if cursor.fetchone() == (0,):
                return
    raise AssertionError("PostgreSQL still serves the dead.")


def named(story: Callable[[], object]) -> list[str]:
    """The names of all points of a story that nothing happens to."""
    found: list[str] = []

    def step(name: str, do: Callable[[], Any]) -> Any:
        found.append(name)
        return do()

    with points(step):
        story()
    return found


@contextmanager
def points(step: Step) -> Iterator[None]:
    """Every commit, single write and call goes through the step."""
    commit, make_request = BaseDatabaseWrapper.commit, HTTPProvider.make_request

    def counted_commit(self: BaseDatabaseWrapper) -> None:
        step("commit", lambda: commit(self))

    def counted_request(self: HTTPProvider, method: Any, params: Any) -> Any:
        return step(str(method), lambda: make_request(self, method, params))

    def counted_write(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        write = lambda: execute(sql, params, many, context)  # noqa: E731
        if context["connection"].in_atomic_block or not sql.lstrip().startswith(WRITES):
            return write()
        return step("write", write)

    BaseDatabaseWrapper.commit, HTTPProvider.make_request = counted_commit, counted_request
    endpoints.web3_at.cache_clear()  # a provider remembers how it made its first request
    try:
        with connection.execute_wrapper(counted_write):
            yield
    finally:
        BaseDatabaseWrapper.commit, HTTPProvider.make_request = commit, make_request
        endpoints.web3_at.cache_clear()


@contextmanager
def fail_at(number: int, when: str, methods: set[str] | None = None) -> Iterator[list[str]]:
    """The wire breaks at the call of this number: on the way there, or on the way back.

    Counted are all calls, or those of these methods. Gives the list of calls that were broken:
    empty if there were not so many.
    """
    broken: list[str] = []
    numbers = count(1)

    def step(name: str, do: Callable[[], Any]) -> Any:
        is_one = name not in {"commit", "write"} and (methods is None or name in methods)
        if not is_one or next(numbers) != number:
            return do()
        broken.append(name)
        if when == AFTER:
            do()
        raise ReadTimeout("The wire broke.")

    with points(step):
        yield broken
