"""One request to a node: a limit on its time and on its length, and no way to anybody else.

The limit on its time is for the whole answer, from the first byte of its head to the last one of
its body: a node that sends a byte now and then, or one "100 Continue" after the other, ends, too.

Of several endpoints the first that gives an answer is asked, and one that failed is left alone for
a while. To send the same signed bytes to two nodes does no harm, so every call may move on.
"""

import io
import json
import logging
import re
from collections.abc import Sequence
from http.client import HTTPResponse
from socket import socket
from time import monotonic
from typing import Any

from eth_typing import URI
from requests import RequestException, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from payments.chain.errors import TooLarge, TooSlow, Unreachable

PIECE_BYTES = 65_536
ANSWER_BYTES = 32 * 1024 * 1024
REST_SECONDS = 60  # of an endpoint that failed, while there are others
NOT_LIKE_THAT = {400, 413}  # HTTP's way to say no to one request, and not to us
# What endpoints say that want us to come back later.
BUSY = re.compile(
    r"rate.?limit|too many requests|request count exceeded|compute units|capacity", re.IGNORECASE
)

logger = logging.getLogger(__name__)


class Wire(HTTPProvider):
    """JSON-RPC over HTTP. A node that trickles, floods or redirects gets no further."""

    def __init__(self, urls: Sequence[str], *, timeout_seconds: float) -> None:
        options = {"timeout": timeout_seconds, "allow_redirects": False, "stream": True}
        super().__init__(urls[0], request_kwargs=options, exception_retry_configuration=None)
        self.urls, self.timeout_seconds = [URI(url) for url in urls], timeout_seconds
        self.failed_at: dict[URI, float] = {}

    def _make_request(self, method: RPCEndpoint, request_data: bytes) -> bytes:
        *others, last = sorted(self.urls, key=self._is_resting)
        for url in others:
            try:
                return self._asked(url, request_data)
            except (RequestException, Unreachable) as error:
                if not _is_about_the_request(error):
                    self.failed_at[url] = monotonic()
                logger.warning("an endpoint failed, another one is asked: %s", type(error).__name__)
        return self._asked(last, request_data)

    def _is_resting(self, url: URI) -> bool:
        return monotonic() - self.failed_at.get(url, -REST_SECONDS) < REST_SECONDS

    def _asked(self, url: URI, request_data: bytes) -> bytes:
        until = monotonic() + self.timeout_seconds
        session = self._session(url)
        with session.post(url, data=request_data, **self.get_request_kwargs()) as response:
            response.raise_for_status()
            if response.is_redirect:
                raise Unreachable("The node redirects; that is not followed.")
            body = _body(response, until=until)
        found = _read(body)
        if len(self.urls) > 1 and not _is_answer(found):
            raise Unreachable("The node's answer is none.")
        if not _is_of(found, request_data):
            raise Unreachable("The node answered something else than what it was asked.")
        return body

    def _session(self, url: URI) -> Session:
        found = self._request_session_manager.cache_and_return_session(url)
        if not isinstance(found.get_adapter(url), _Adapter):
            found.mount("http://", _Adapter())
            found.mount("https://", _Adapter())
        return found


def _is_about_the_request(error: Exception) -> bool:
    """True if the endpoint may well answer another request."""
    response = getattr(error, "response", None)
    return response is not None and response.status_code in NOT_LIKE_THAT


def _read(body: bytes) -> Any:
    """The answer as JSON; None if it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _is_answer(found: Any) -> bool:
    """True for one with a result, or with an error that is about what was asked."""
    if not isinstance(found, dict):
        return False
    return "result" in found or ("error" in found and not BUSY.search(json.dumps(found["error"])))


def _is_of(found: Any, request_data: bytes) -> bool:
    """False for the answer to another request; who cannot read one may leave its number out."""
    if not isinstance(found, dict) or ("error" in found and found.get("id") is None):
        return True  # it is refused for what it is
    return "result" not in found or str(found.get("id")) == str(json.loads(request_data)["id"])


def _body(response: Response, *, until: float) -> bytes:
    """Raises TooLarge, and Unreachable when it breaks off or takes longer than `until`."""
    found = bytearray()
    try:
        while piece := response.raw.read1(PIECE_BYTES, decode_content=True):
            found += piece
            if len(found) > ANSWER_BYTES:
                raise TooLarge("The node's answer is too long.")
            if monotonic() > until:
                raise TooSlow("The node did not end its answer in time.")
    except ReadTimeoutError:
        raise TooSlow("The node did not end its answer in time.") from None
    except HTTPError as error:
        broken = f"The node broke its answer off: {type(error).__name__}."
        raise Unreachable(broken) from None
    return bytes(found)


class _Until(io.RawIOBase):
    """What a socket says within the seconds that one read may take: all of it in so many."""

    def __init__(self, answer: io.RawIOBase, line: socket) -> None:
        self.answer, self.line = answer, line
        seconds = line.gettimeout()
        self.until = None if seconds is None else monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.until is not None:
            left = self.until - monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self.line.settimeout(left)
        return self.answer.readinto(buffer)

    def close(self) -> None:
        self.answer.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(self, sock: socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Until(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _Answer


class _SafeConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}
