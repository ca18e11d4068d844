"""The content of a task: one spelling for equal content, so that the same content is one task."""

import re
from typing import Any

import orjson

from labeling.errors import MalformedFile

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # PostgreSQL stores no NUL in a text
EXPONENT = re.compile(rb"[0-9]e[0-9+]")  # as a float above 10¹⁶ is written
NUMBER_LIMIT = 2**63


def canonical(data: dict[str, Any]) -> bytes:
    """One spelling for equal content: keys sorted, no spaces."""
    try:
        content = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise MalformedFile("The row holds a number or a text that JSON cannot carry.")
    if NUL.search(content):
        raise MalformedFile("The row holds a NUL character.")
    if EXPONENT.search(content) and not _numbers_fit(data):
        raise MalformedFile("The row holds a number too large for programs to agree on.")
    return content


def _numbers_fit(value: Any) -> bool:
    """Whether every number comes back from the database as it went in."""
    if isinstance(value, dict):
        return all(_numbers_fit(one) for one in value.values())
    if isinstance(value, list):
        return all(_numbers_fit(one) for one in value)
    return not isinstance(value, float) or abs(value) < NUMBER_LIMIT
