"""JSON for the hot path: stored JSON is passed on as it is, nothing is built twice."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from labeling.content import configs
from labeling.handout.assignments import Lease
from labeling.handout.submissions import Receipt
from labeling.media import addresses
from labeling.models import Project

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
ELSEWHERE = re.compile(r'"https?://', re.IGNORECASE)  # stored JSON has one spelling
MARKUP = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}  # nothing in JSON ends a <script>


class AlwaysJson(DefaultContentNegotiation):
    """JSON whatever was asked for: there is nothing else to choose."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first of the view's renderers and its media type."""
        return renderers[0], renderers[0].media_type


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
    """As stored, but markup is cleaned and media elsewhere have an address on our own origin.

    Nobody is sent what a requester wrote to run, nor to anybody else's server.
    """
    config = lease.form.config
    if config.has_markup or (config.has_media and ELSEWHERE.search(lease.data_json)):
        return config.shown(orjson.loads(lease.data_json), addresses.own(lease.project_id))
    return orjson.Fragment(lease.data_json)


def shown_of(project: Project) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What makes data of this project what labelers are sent."""
    config = configs.form_of(project.pk, version=project.config_version).config
    return partial(config.shown, own=addresses.own(project.pk))


def submission(receipt: Receipt) -> dict[str, Any]:
    """What a labeler is told about their answer."""
    return {
        "id": receipt.id,
        "assignment": receipt.assignment_id,
        "state": receipt.state,
        "submitted_at": receipt.submitted_at,
    }
