"""The world's messy errors, mapped once: try again, or give up.

What is said about the wire never quotes the node's address: it may carry the key of an account.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from eth_abi.exceptions import DecodingError
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import HTTPError, RequestException, Timeout
from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError

TEXT_LENGTH = 300
# What answers raise that are of another shape than they should be: in web3, in its decoders, in us.
SHAPELESS = (
    *(LookupError, TypeError, AttributeError, ArithmeticError, RecursionError),
    DecodingError,
)


class ChainError(Exception):
    """Something is wrong between us and the chain."""


class Unreachable(ChainError):
    """No answer, or none that makes sense: what was asked may have happened or not."""


class TooSlow(Unreachable):
    """The node took longer than it may."""


class Refused(ChainError):
    """The node answered, and said no."""


class TooLarge(Refused):
    """The node's answer is longer than we read."""


class WrongChain(ChainError):
    """The node speaks for another chain than the one this deployment was started on."""


class Disagreement(ChainError):
    """Two endpoints tell different stories: until a person has looked, neither is believed."""


class Behind(ChainError):
    """An endpoint answers, and does not know yet what another one tells: it waits for both."""


class NoVault(ChainError):
    """There is no vault yet, or none at the address that is stored."""


class NoKey(ChainError):
    """This process has no key to sign with, or another one than the vault is paid with."""


class NotReported(ChainError):
    """A tx was mined, and did not do what it was sent for: a person has to look."""


class NotMeant(ChainError):
    """The bytes of a chain tx are not what its rows say: they are not signed."""


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
        raise Refused(_printable(str(text or error))) from None
    except ContractLogicError as error:
        raise Refused(_printable(str(error.message or error))) from None
    except RequestException as error:
        raise _of_the_wire(error) from None
    except (Web3Exception, OSError, ValueError, *SHAPELESS) as error:
        raise Unreachable(_printable(f"{type(error).__name__}: {error}")) from error


def _printable(text: str) -> str:
    """What a node says, as a row and a log can keep it: no line of its own, nothing unwritable."""
    return "".join(one if one.isprintable() else "?" for one in text[:TEXT_LENGTH])


# HTTP's ways to say no to one request, and not to us; and that somebody behind it was too slow.
KIND_OF_STATUS = {400: Refused, 413: Refused, 408: TooSlow, 504: TooSlow}


def _of_the_wire(error: RequestException) -> ChainError:
    if isinstance(error, HTTPError) and error.response is not None:
        status = error.response.status_code
        kind = KIND_OF_STATUS.get(status, Unreachable)
        return kind(f"The node answered with HTTP status {status}.")
    if isinstance(error, Timeout):
        return TooSlow("The node did not answer in time.")
    if isinstance(error, NoConnection):
        return Unreachable("The node cannot be reached.")
    return Unreachable(f"The node cannot be asked: {type(error).__name__}.")
