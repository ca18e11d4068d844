"""One request to a node: a limit on its time and on its length, and no way to anybody else."""

from time import monotonic

from eth_typing import URI
from requests import Response
from urllib3.exceptions import HTTPError, ReadTimeoutError
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from payments.chain.errors import TooLarge, Unreachable

PIECE_BYTES = 65_536
ANSWER_BYTES = 32 * 1024 * 1024


class Wire(HTTPProvider):
    """JSON-RPC over HTTP. A node that trickles, floods or redirects gets no further."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        options = {"timeout": timeout_seconds, "allow_redirects": False, "stream": True}
        super().__init__(url, request_kwargs=options, exception_retry_configuration=None)
        self.url, self.timeout_seconds = URI(url), timeout_seconds

    def _make_request(self, method: RPCEndpoint, request_data: bytes) -> bytes:
        until = monotonic() + self.timeout_seconds
        session = self._request_session_manager
        with session.get_response_from_post_request(
            self.url, data=request_data, **self.get_request_kwargs()
        ) as response:
            response.raise_for_status()
            if response.is_redirect:
                raise Unreachable("The node redirects; that is not followed.")
            return _body(response, until=until)


def _body(response: Response, *, until: float) -> bytes:
    """Raises TooLarge, and Unreachable when it breaks off or takes longer than `until`."""
    found = bytearray()
    try:
        while piece := response.raw.read1(PIECE_BYTES, decode_content=True):
            found += piece
            if len(found) > ANSWER_BYTES:
                raise TooLarge("The node's answer is too long.")
            if monotonic() > until:
                raise Unreachable("The node did not end its answer in time.")
    except ReadTimeoutError:
        raise Unreachable("The node did not end its answer in time.") from None
    except HTTPError as error:
        broken = f"The node broke its answer off: {type(error).__name__}."
        raise Unreachable(broken) from None
    return bytes(found)
