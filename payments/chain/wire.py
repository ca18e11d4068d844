"""One request to a node: a limit on its time and on its length, and no way to anybody else.

Of several endpoints the first that gives an answer is asked, and one that failed is left alone for
a while. To send the same signed bytes to two nodes does no harm, so every call may move on.
"""

import json
import logging
import re
from collections.abc import Sequence
from time import monotonic

from eth_typing import URI
from requests import RequestException, Response
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
        session = self._request_session_manager
        with session.get_response_from_post_request(
            url, data=request_data, **self.get_request_kwargs()
        ) as response:
            response.raise_for_status()
            if response.is_redirect:
                raise Unreachable("The node redirects; that is not followed.")
            body = _body(response, until=until)
        if len(self.urls) > 1 and not _is_answer(body):
            raise Unreachable("The node's answer is none.")
        return body


def _is_about_the_request(error: Exception) -> bool:
    """True if the endpoint may well answer another request."""
    response = getattr(error, "response", None)
    return response is not None and response.status_code in NOT_LIKE_THAT


def _is_answer(body: bytes) -> bool:
    """True for JSON with a result, or with an error that is about what was asked."""
    try:
        found = json.loads(body)
    except ValueError:
        return False
    if not isinstance(found, dict):
        return False
    return "result" in found or ("error" in found and not BUSY.search(json.dumps(found["error"])))


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
