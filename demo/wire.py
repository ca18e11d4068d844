"""A lean HTTP/1.1 client: one kept-alive connection a person, one request at a time.

It is shared by the demo and the benches, which must ask faster than the product answers.
"""

import asyncio
import re
from collections.abc import Generator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

HEAD_BYTES_LIMIT = 64 * 1024
ANSWER_SECONDS = 60.0

LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)")
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked")
CLOSES = re.compile(rb"\r\nconnection:[ \t]*close")
BODILESS = {204, 304}


class Answer(NamedTuple):
    """What came back. `is_last`: the server closes the connection behind it."""

    status: int
    body: bytes
    is_last: bool = False

    def json(self) -> Any:
        """The decoded body; None when there is none."""
        return orjson.loads(self.body) if self.body else None


class Refused(Exception):
    """An answer other than 2xx; `code` is the product's own, or empty."""

    def __init__(self, request: str, answer: Answer) -> None:
        self.status = answer.status
        try:
            said = answer.json()
            self.code, message = said["code"], said["message"]
            self.data = said.get("data", {})
        except (ValueError, TypeError, KeyError):
            self.code, message, self.data = "", answer.body[:200].decode(errors="replace"), {}
        super().__init__(
            f"{request}: {answer.status} {self.code} {message} {self.data or ''}".strip()
        )


class MalformedHttp(Exception):
    """The peer does not speak HTTP/1.1."""


class AnswerReader:
    """Turns what a connection brings into answers, however it is cut into pieces."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._is_ended = False
        self._steps = self._answers()
        next(self._steps)

    def feed(self, data: bytes) -> Answer | None:
        """The answer that is whole with these bytes, or None."""
        self._bytes += data
        return next(self._steps)

    def end(self) -> Answer | None:
        """The answer that the end of the connection makes whole, or None."""
        self._is_ended = True
        return next(self._steps)

    def _answers(self) -> Generator[Answer | None, None, None]:
        yield None
        while True:
            head = (yield from self._line(b"\r\n\r\n")).lower()
            if not head.startswith(b"http/1.") or not head[9:12].isdigit():
                raise MalformedHttp(f"Not an HTTP answer: {head[:60]!r}")
            status = int(head[9:12])
            is_last = CLOSES.search(head) is not None
            if status in BODILESS:
                body = b""
            elif (length := LENGTH.search(head)) is not None:
                body = yield from self._exactly(int(length[1]))
            elif CHUNKED.search(head):
                body = yield from self._chunks()
            else:
                body, is_last = (yield from self._rest()), True
            yield Answer(status, body, is_last)

    def _line(self, mark: bytes) -> Generator[None, None, bytes]:
        while (found := self._bytes.find(mark)) < 0:
            if len(self._bytes) > HEAD_BYTES_LIMIT:
                raise MalformedHttp("The head of the answer has no end.")
            yield None
        line = bytes(self._bytes[:found])
        del self._bytes[: found + len(mark)]
        return line

    def _exactly(self, size: int) -> Generator[None, None, bytes]:
        while len(self._bytes) < size:
            yield None
        data = bytes(self._bytes[:size])
        del self._bytes[:size]
        return data

    def _chunks(self) -> Generator[None, None, bytes]:
        body = bytearray()
        while size := int((yield from self._line(b"\r\n")).partition(b";")[0], 16):
            body += yield from self._exactly(size)
            yield from self._exactly(2)
        while (yield from self._line(b"\r\n")):  # trailers
            pass
        return bytes(body)

    def _rest(self) -> Generator[None, None, bytes]:
        while not self._is_ended:
            yield None
        return (yield from self._exactly(len(self._bytes)))


class Connection(asyncio.Protocol):
    """One TCP connection, one request under way at most."""

    def __init__(self) -> None:
        self._reader = AnswerReader()
        self._waiting: asyncio.Future[Answer] | None = None
        self.is_open = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        self._take(self._reader.feed, data)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self._waiting is not None:
            self._take(self._reader.end)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionResetError("The server hung up."))

    def _take(self, read: Any, *data: bytes) -> None:
        try:
            answer = read(*data)
        except (MalformedHttp, ValueError) as error:
            self.close()
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_exception(error)
            return
        if answer is None or self._waiting is None or self._waiting.done():
            return
        if answer.is_last:
            self.close()
        self._waiting.set_result(answer)

    def send(self, request: bytes) -> "asyncio.Future[Answer]":
        """A promise of the answer to these bytes."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        """Nothing more is sent or read."""
        self.is_open = False
        self._transport.close()


class Client:
    """A program of one person: asks under their token, on a connection that is kept alive."""

    def __init__(self, url: str, *, token: str = "") -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        head = f"Host: {parts.netloc}\r\nAccept: */*\r\n"
        if token:
            head += f"Authorization: Token {token}\r\n"
        self._head = head.encode()
        self._connection: Connection | None = None

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> bytes:
        """The bytes of a request; `kind` is the body's media type, JSON if not said."""
        start = f"{method} {path} HTTP/1.1\r\n".encode() + self._head
        if body:
            start += f"Content-Type: {kind or 'application/json'}\r\n".encode()
        return start + b"Content-Length: %d\r\n\r\n" % len(body) + body

    async def send(self, request: bytes) -> Answer:
        """The answer. A kept-alive connection that the server has left is opened once more.

        Raises OSError, TimeoutError, MalformedHttp.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                connection = self._connection
                if connection is not None and connection.is_open:
                    try:
                        return await connection.send(request)
                    except ConnectionError:
                        pass
                return await (await self._open()).send(request)
        except TimeoutError:
            self.close()
            raise

    async def _open(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, self._connection = await loop.create_connection(Connection, self.host, self.port)
        return self._connection

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The decoded answer to a JSON body; None for an empty one. Raises Refused."""
        content = b"" if body is None else orjson.dumps(body)
        answer = await self.send(self.request(method, path, content))
        return checked(f"{method} {path}", answer).json()

    async def get(self, path: str) -> Any:
        """The decoded answer; raises Refused."""
        return await self.ask("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        """The decoded answer; raises Refused."""
        return await self.ask("POST", path, body)

    def close(self) -> None:
        """Hangs up."""
        if self._connection is not None and self._connection.is_open:
            self._connection.close()


def checked(request: str, answer: Answer) -> Answer:
    """The answer, if it is a 2xx; raises Refused with what the product said."""
    if not 200 <= answer.status < 300:
        raise Refused(request, answer)
    return answer
