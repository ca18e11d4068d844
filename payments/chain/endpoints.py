"""The nodes that we may ask: one after the other until one answers, or each on its own."""

import logging
from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import TypeVar

from django.conf import settings
from web3 import Web3

from payments.chain.errors import ChainError, Disagreement, TooSlow, Unreachable, mapped
from payments.chain.wire import REST_SECONDS, Wire

T = TypeVar("T")
_slow_at: dict[str, float] = {}  # when an endpoint took too long, by its address

logger = logging.getLogger(__name__)


@cache
def web3_at(urls: str, timeout_seconds: int) -> Web3:
    """The connection to these endpoints."""
    return Web3(Wire(split(urls), timeout_seconds=timeout_seconds))


def split(urls: str) -> list[str]:
    """Each of the endpoints that a setting names, once."""
    return list(dict.fromkeys(url.strip() for url in urls.split(",") if url.strip()))


def configured() -> list[str]:
    """The endpoints of this deployment."""
    return split(settings.CHAIN_RPC_URL)


def voices(count: int) -> int:
    """How many of so many endpoints must answer: CHAIN_VOICES, or more than half of them."""
    return min(settings.CHAIN_VOICES or count // 2 + 1, count)


def have_witnesses() -> bool:
    """True with more than one endpoint: what one says can be held against the others."""
    return len(configured()) > 1


def told(ask: Callable[[Web3], T], *, by_all: bool = False) -> list[T]:
    """What each endpoint says on its own; of several, one that cannot say it has no say.

    Raises ChainError when fewer than `voices` can, or if one cannot and it is asked `by_all`.
    """
    answers, silences = heard(ask)
    enough(answers, silences, by_all=by_all)
    return answers


def enough(answers: list[T], silences: list[ChainError], *, by_all: bool = False) -> None:
    """Nothing if so many endpoints answered as are needed; raises what another one failed with."""
    count = len(answers) + len(silences)
    needed = count if by_all else voices(count)
    if len(answers) < needed:
        if answers:
            logger.warning("only %s of %s endpoints answer", len(answers), count)
        raise silences[0]


def heard(ask: Callable[[Web3], T]) -> tuple[list[T], list[ChainError]]:
    """What the endpoints say, and why the others do not. One that was too slow is left alone."""
    answers: list[T] = []
    silences: list[ChainError] = []
    for url in configured():
        try:
            answers.append(_asked(url, ask))
        except ChainError as error:
            silences.append(error)
    return answers, silences


def _asked(url: str, ask: Callable[[Web3], T]) -> T:
    if have_witnesses() and monotonic() - _slow_at.get(url, -REST_SECONDS) < REST_SECONDS:
        raise Unreachable("The node took too long a moment ago.")
    try:
        with mapped():
            return ask(web3_at(url, settings.CHAIN_TIMEOUT_SECONDS))
    except TooSlow:
        _slow_at[url] = monotonic()
        raise


def alike(answers: list[T], subject: str) -> T:
    """What all of them say; raises Disagreement when that is not one thing."""
    first, *others = answers
    if any(other != first for other in others):
        raise Disagreement(f"The endpoints disagree about {subject}.")
    return first
