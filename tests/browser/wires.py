"""A wire between the browser and the server that can really be cut.

A browser that is told to play offline still lets its background sync through now and then.
"""

import contextlib
import selectors
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

CHUNK_BYTES = 65_536


class Wire:
    """Hands on what comes to `url`, in a `with` block; while cut, whoever calls is hung up on."""

    def __init__(self, to: str) -> None:
        parts = urlsplit(to)
        self._to = (parts.hostname, parts.port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._lock, self._calls, self._is_cut = threading.Lock(), [], False
        self.url = f"http://localhost:{self._door.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.cut()
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def cut(self) -> None:
        """Every call ends, and none comes through until `mend`."""
        with self._lock:
            self._is_cut = True
            for call in self._calls:
                _hang_up(call)
            self._calls = []

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def _answer(self) -> None:
        while True:
            try:
                call, _ = self._door.accept()
            except OSError:
                return
            with self._lock:
                if self._is_cut:
                    call.close()
                    continue
                other = socket.create_connection(self._to)
                self._calls += [call, other]
            threading.Thread(target=_hand_on, args=(call, other), daemon=True).start()


def _hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


def _hand_on(one: socket.socket, other: socket.socket) -> None:
    """What either says goes to the other, until one of them ends."""
    with one, other, selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
        for here, there in ((one, other), (other, one)):
            ready.register(here, selectors.EVENT_READ, there)
        while True:
            for key, _ in ready.select():
                said = key.fileobj.recv(CHUNK_BYTES)
                if not said:
                    return
                key.data.sendall(said)
