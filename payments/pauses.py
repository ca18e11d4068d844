"""The pause switch: nothing is batched, signed or sent while it is on; what was sent is watched."""

from django.db.models.functions import Coalesce, Now

from payments.errors import NotFound, ReasonMissing
from payments.models import Network

REASON_CHARACTERS = 200


def pause(*, reason: str) -> None:
    """Payouts wait until `resume`; paused twice is paused since the first time.

    Raises ReasonMissing, NotFound.
    """
    if not reason.strip():
        raise ReasonMissing()
    _update(paused_at=Coalesce("paused_at", Now()), paused_for=reason.strip()[:REASON_CHARACTERS])


def is_paused() -> bool:
    """True while payouts wait; to be asked again before each thing that must not happen then."""
    return Network.objects.exclude(paused_at=None).exists()


def resume() -> None:
    """Payouts go on. Raises NotFound."""
    _update(paused_at=None, paused_for="")


def _update(**fields: object) -> None:
    if not Network.objects.update(**fields):
        raise NotFound("There is no vault yet: nothing could be paid anyway.")
