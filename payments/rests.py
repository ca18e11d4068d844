"""Rests: what is owed to people who have left, and how it reaches them.

The purse of who left stays as it is: what is accepted later arrives in it, payouts under way go
on, and the wallet that it is paid out to is in the vault's tree as before. `people.departures`
knows who may ask.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from payments import explorer, money, payouts, purses, statements, wallets
from payments.errors import PaymentsError
from payments.models import Payout

PAYOUTS_SHOWN = 20
FAREWELL = "farewell…"  # the key of the payout that leaving asks for; nobody can send one like it

logger = logging.getLogger(__name__)


def send(person_id: int, *, proved: Sequence[str] = ()) -> None:
    """All that is earned is on its way to the wallet in use, as far as it can be.

    Who has named none is paid to the first of these proved ones; without either, and below the
    smallest payout, the money waits in the purse. Once, however often it is called.
    """
    holder = f"person:{person_id}"
    address = _address(holder, proved)
    if not address:
        return
    earned_units = statements.totals(purses.find(holder))["earned"]
    if earned_units < settings.STIPEND_PAYOUT_MINIMUM_UNITS:
        return
    try:
        payouts.request(holder, amount_units=earned_units, address=address, key=FAREWELL)
    except PaymentsError as error:
        logger.info("What %s earned waits: %s", holder, error)


def _address(holder: str, proved: Sequence[str]) -> str:
    """The wallet in use; the first of the proved ones that can be paid is named if there is none.

    In the vault's tree it is then, too, with all that comes later.
    """
    if used := wallets.used(holder):
        return used.address
    for address in proved:
        try:
            return wallets.name(holder, address).address
        except PaymentsError as error:
            logger.info("%s cannot be paid at %s: %s", holder, address, error)
    return ""


def of(person_id: int, *, address: str = "") -> dict[str, Any]:
    """What is owed to this person: amounts as decimal strings, `wallet`, newest `payouts`.

    With an address all that is earned is on its way there first. Raises as `payouts.request`.
    """
    holder = f"person:{person_id}"
    if address:
        take_out(person_id, address=address)
    used = wallets.used(holder)
    totals = statements.totals(purses.find(holder))
    return {
        "earned": money.format(totals["earned"]),
        "leaving": money.format(totals["leaving"]),
        "paid": money.format(totals["paid"]),
        "wallet": used.address if used else None,
        "wallet_url": explorer.address_url(used.address) if used else None,
        "payouts": [_payout(one) for one in payouts.of_holder(holder)[:PAYOUTS_SHOWN]],
    }


def take_out(person_id: int, *, address: object) -> Payout:
    """All that is earned is on its way to this wallet; raises as `payouts.request`."""
    holder = f"person:{person_id}"
    earned_units = statements.totals(purses.find(holder))["earned"]
    return payouts.request(holder, amount_units=earned_units, address=address)


def _payout(payout: Payout) -> dict[str, Any]:
    return {
        "id": str(payout.pk),
        "amount": money.format(payout.amount_units),
        "address": payout.address,
        "state": payout.state,
        "tx_hash": payout.tx_hash or None,
        "explorer_url": explorer.tx_url(payout.tx_hash),
        "address_url": explorer.address_url(payout.address),
    }
