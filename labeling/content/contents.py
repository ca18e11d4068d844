"""The content of a task: one spelling for equal content, so that the same content is one task."""

import hashlib
import re
from typing import Any

import orjson

from labeling.errors import MalformedFile

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # PostgreSQL stores no NUL in a text
OTHERWISE = re.compile(rb"[0-9]e[0-9+]|-0\.0")  # floats from 10¹⁶ on, and the zero below zero
NUMBER_LIMIT = 2**63
EXPONENT_FROM = 10**16


def canonical(data: dict[str, Any]) -> bytes:
    """One spelling for equal content, and the same when it comes back from the database: keys
    sorted, no spaces, a whole number from 10¹⁶ on without exponent and fraction, zero unsigned."""
    content = _written(data)
    if NUL.search(content):
        raise MalformedFile("The row holds a NUL character.")
    return _written(_kept(data)) if OTHERWISE.search(content) else content


def hashed(data: dict[str, Any]) -> bytes:
    """What content is known by: the SHA-256 of its one spelling."""
    return hashlib.sha256(canonical(data)).digest()


def _written(data: Any) -> bytes:
    try:
        return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        if "Recursion" in str(error):
            raise MalformedFile("The row is nested too deeply.")
        raise MalformedFile("The row holds a number or a text that JSON cannot carry.")


def _kept(value: Any) -> Any:
    """The value with each number as the database gives it back; raises MalformedFile."""
    if isinstance(value, dict):
        return {key: _kept(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_kept(one) for one in value]
    if not isinstance(value, float):
        return value
    if abs(value) >= NUMBER_LIMIT:
        raise MalformedFile("The row holds a number too large for programs to agree on.")
    return int(value) if abs(value) >= EXPONENT_FROM else value or 0.0
