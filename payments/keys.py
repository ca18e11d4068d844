"""The keys under which clients ask for what may happen once, however often they ask."""

from collections.abc import Mapping

from rest_framework import serializers

HEADER = "Idempotency-Key"
KEY_CHARACTERS = 100
RULE = f"However often it is sent: 1 to {KEY_CHARACTERS} characters of plain ASCII."
FIELD = serializers.RegexField(r"^[ -~]+\Z", max_length=KEY_CHARACTERS)


def said(headers: Mapping[str, str]) -> str:
    """The key that a request was sent with; empty if it has none. Raises ValidationError.

    Of a value that is not plain ASCII the web server passes on nothing: a header without a value
    is a key that was lost on the way, and not a request without one.
    """
    if HEADER not in headers:
        return ""
    try:
        return str(FIELD.run_validation(headers[HEADER]))
    except serializers.ValidationError as error:
        raise serializers.ValidationError({HEADER: error.detail})
