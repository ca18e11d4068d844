"""Media elsewhere: asked for when somebody first looks, and the same for everybody from then on.

Promises: a page never waits for somebody else's server. What is asked for is a row, which
`errands` fetches.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from labeling import nudges
from labeling.errors import MalformedAddress, MediaRemoved
from labeling.models import Elsewhere
from labeling.models.media import ADDRESS_CHARACTERS

JOB = "labeling.jobs.fetch_media"
FOR_GOOD = (MalformedAddress.code, MediaRemoved.code)

State = Elsewhere.State


def ask(project_id: int, address: str) -> Elsewhere:
    """What is known of it; if nothing is, or it was refused a while ago, it is fetched soon."""
    digest = hashlib.sha256(address.encode()).digest()
    found = Elsewhere.objects.select_related("medium").filter(
        project=project_id, address_hash=digest
    )
    known = found.first()
    if known is None:
        known = _begin(project_id, address, digest)
    elif known.state == State.REFUSED and _is_long_ago(known):
        again = {"state": State.WAITING, "tries_count": 0, "due_at": timezone.now()}
        found.filter(state=State.REFUSED).update(**again)
        nudges.nudge_after_commit(JOB)
        known.state = State.WAITING
    return known


def _begin(project_id: int, address: str, digest: bytes) -> Elsewhere:
    is_too_long = len(address) > ADDRESS_CHARACTERS
    known, is_new = Elsewhere.objects.select_related("medium").get_or_create(
        project_id=project_id,
        address_hash=digest,
        defaults={
            "address": address[:ADDRESS_CHARACTERS],
            "due_at": timezone.now(),
            "state": State.REFUSED if is_too_long else State.WAITING,
            "problem": MalformedAddress.code if is_too_long else "",
        },
    )
    if is_new and not is_too_long:
        nudges.nudge_after_commit(JOB)
    return known


def _is_long_ago(known: Elsewhere) -> bool:
    again = timedelta(seconds=settings.STIPEND_FETCH_AGAIN_SECONDS)
    return known.problem not in FOR_GOOD and known.due_at + again < timezone.now()
