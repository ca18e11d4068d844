"""The part of the earnings page that the bank cannot know: the work that the money is for."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from labeling.judging import tallies
from labeling.models import Case
from labeling.review import appeals
from labeling.web import answer_rows

ANSWERS_SHOWN = 5
CASES_SHOWN = 5


def panel(request: HttpRequest) -> dict[str, Any]:
    """What waits to be earned, and the newest answers with their verdicts as `html`."""
    labeler_id = request.user.pk
    tally = tallies.of(labeler_id)
    cases = appeals.of_labeler(labeler_id).filter(
        state=Case.State.STANDING, appealable_until__gt=timezone.now()
    )
    context = {
        "tally": tally,
        "cases": cases.order_by("appealable_until")[:CASES_SHOWN],
        "rows": answer_rows.of(answer_rows.found_of(labeler_id)[:ANSWERS_SHOWN]),
    }
    return {
        "pending_units": tally.pending_units,
        "pending_count": tally.pending_count,
        "html": render_to_string("labeling/earned.html", context, request),
    }
