"""The world's messy errors, mapped once: try again, or give up."""

from collections.abc import Iterator
from contextlib import contextmanager

from requests.exceptions import RequestException
from web3.exceptions import Web3Exception, Web3RPCError


class ChainError(Exception):
    """Something is wrong between us and the chain."""


class Unreachable(ChainError):
    """No answer, or none that makes sense: what was asked may have happened or not."""


class Refused(ChainError):
    """The node answered, and said no."""


class WrongChain(ChainError):
    """The node speaks for another chain than the one this deployment was started on."""


class NoVault(ChainError):
    """There is no vault yet, or none at the address that is stored."""


class NoKey(ChainError):
    """This process has no key to sign with."""


class KeyTaken(ChainError):
    """The key of a chain tx was used before, for other calldata."""


@contextmanager
def mapped() -> Iterator[None]:
    """Errors of the node and of the wire, as ours."""
    try:
        yield
    except Web3RPCError as error:
        response = error.rpc_response or {}
        answer = response.get("error") if isinstance(response, dict) else None
        text = answer.get("message") if isinstance(answer, dict) else None
        raise Refused(str(text or error)[:300])
    except (RequestException, Web3Exception, OSError, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:300])
