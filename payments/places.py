"""Places: earnings leave in the order they came, so what leaves for good has its span of dollars.

A payout that was paid and an exit with a proof each carry the place of their last dollar among all
that ever left a purse's earnings for good. By that a look-up tells which of them paid which work.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Max

from payments.models import Exit, Payout


def reached(purse_ids: Collection[UUID]) -> dict[UUID, int]:
    """How much has left for good of each of these purses' earnings, whose accounts are locked; a
    purse that nothing has left is left out."""
    found: dict[UUID, int] = {}
    for gone in (Payout.objects.filter(up_to_units__isnull=False), Exit.objects.all()):
        rows = gone.filter(purse__in=purse_ids).order_by().values("purse")
        for purse_id, units in rows.annotate(units=Max("up_to_units")).values_list(
            "purse", "units"
        ):
            found[purse_id] = max(units, found.get(purse_id, 0))
    return found
