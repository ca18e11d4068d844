"""JSON for the hot path: stored JSON is passed on as it is, nothing is built twice."""

from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe

from labeling.assignments import Lease
from labeling.submissions import Receipt

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
MARKUP = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}  # nothing in JSON ends a <script>


def answer(body: Any, *, status: int = 200) -> HttpResponse:
    """The body as JSON."""
    encoded = orjson.dumps(body, option=OPTIONS)
    return HttpResponse(encoded, status=status, content_type="application/json")


def inside_page(body: Any) -> SafeString:
    """The body as JSON that can stand inside a script element, whatever texts it holds."""
    encoded = orjson.dumps(body, option=OPTIONS).decode()
    return mark_safe(encoded.translate(MARKUP))


def assignment(lease: Lease) -> dict[str, Any]:
    """What a labeler needs to work on a task."""
    return {
        "id": lease.id,
        "project": lease.project_id,
        "data": _data(lease),
        "config": lease.form.xml,
        "instructions": lease.form.instructions,
        "leased_until": lease.leased_until,
    }


def _data(lease: Lease) -> Any:
    """As stored, but markup is cleaned: nobody is sent what a requester wrote to run."""
    if not lease.form.config.has_markup:
        return orjson.Fragment(lease.data_json)
    return lease.form.config.shown(orjson.loads(lease.data_json))


def submission(receipt: Receipt) -> dict[str, Any]:
    """What a labeler is told about their answer."""
    return {
        "id": receipt.id,
        "assignment": receipt.assignment_id,
        "state": receipt.state,
        "submitted_at": receipt.submitted_at,
    }
