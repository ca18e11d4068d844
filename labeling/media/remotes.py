"""Media elsewhere: asked for when somebody first looks, and the same for everybody from then on.

Promises: a page never waits for somebody else's server. What is asked for is a row, which
`errands` fetches.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from labeling import nudges
from labeling.errors import MalformedAddress, MediaRemoved
from labeling.media import addresses
from labeling.models import Elsewhere
from labeling.models.media import ADDRESS_CHARACTERS

JOB = "labeling.jobs.fetch_media"
FOR_GOOD = (MalformedAddress.code, MediaRemoved.code)

State = Elsewhere.State


def ask(project_id: int, address: str) -> Elsewhere:
    """What is known of it; if nothing is, or it was refused a while ago, it is fetched soon."""
    found = _of(project_id, address)
    known = found.first()
    if known is None:
        known = _begin(project_id, address)
    elif known.state == State.REFUSED and _is_long_ago(known):
        again = {"state": State.WAITING, "tries_count": 0, "due_at": timezone.now()}
        found.filter(state=State.REFUSED).update(**again)
        nudges.nudge_after_commit(JOB)
        known.state = State.WAITING
    return known


def own(project_id: int) -> Callable[[str], str]:
    """What makes an address of this project's data one on our own origin, as `addresses.own` does,
    but that of the file itself once it is fetched: it does not say whose it is. A query each.
    """
    return cache(partial(_own, project_id))


def _own(project_id: int, address: str) -> str:
    is_elsewhere = address[:8].lower().startswith(addresses.ELSEWHERE)
    known = _of(project_id, address).first() if is_elsewhere else None
    if known is None or known.medium is None:
        return addresses.own(project_id)(address)
    return addresses.of_file(known.medium.name)


def _of(project_id: int, address: str) -> QuerySet[Elsewhere]:
    found = Elsewhere.objects.select_related("medium")
    return found.filter(project=project_id, address_hash=_digest(address))


def _digest(address: str) -> bytes:
    return hashlib.sha256(address.encode()).digest()


def _begin(project_id: int, address: str) -> Elsewhere:
    is_too_long = len(address) > ADDRESS_CHARACTERS
    known, is_new = Elsewhere.objects.select_related("medium").get_or_create(
        project_id=project_id,
        address_hash=_digest(address),
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
