"""How large a batch may be: by the gas that payees were seen to cost, and by the day's cap."""

from django.conf import settings
from django.db.models import F, Max, Sum

from payments.chain import client, vault
from payments.models import Batch, ChainTx, Payout
from payments.room import Room

SEEN_TXS = 50  # the last batches that gas is measured by
SEEN_PAYEES = 10  # smaller batches say more about the batch than about a payee
MARGIN_PERCENT = 130
ENDED = [ChainTx.State.CONFIRMED, ChainTx.State.FAILED]
UNDER_WAY = [ChainTx.State.READY, ChainTx.State.SIGNED, ChainTx.State.SENT]


def room() -> Room:
    """What fits into the next batch. Raises ChainError."""
    newest = Batch.objects.aggregate(number=Max("number"))["number"] or 0
    gas = min(client.gas_limit(), vault.TX_GAS)
    return Room(payees=max_payees(gas), units=units_left(), gas=gas, since=newest)


def max_payees(block_gas: int) -> int:
    """As many payees as a tx has gas for, at what one cost at most of late; at least one."""
    tx_gas = min(block_gas, vault.TX_GAS)
    count = (tx_gas - vault.BASE_GAS) // payee_gas()
    return max(1, min(count, settings.STIPEND_BATCH_PAYEES))


def payee_gas() -> int:
    """Gas a payee, with a margin: the most that one cost in the last batches of some size.

    A batch that was mined and reverted counts, too: if it ran out of gas, the next one is smaller.
    Before there are any, what a payee costs who never held the token, twice over.
    """
    mined = ChainTx.objects.filter(state__in=ENDED, gas_used__isnull=False)
    sized = mined.order_by("-confirmed_at").annotate(payees=Max("batch__payouts__position") + 1)
    seen = sized.filter(payees__gte=SEEN_PAYEES)[:SEEN_TXS].values_list("gas_used", "payees")
    if not seen:
        return vault.PAYEE_GAS
    most = max(used / payees for used, payees in seen)
    fresh_gas = vault.PAYEE_GAS // 2  # nobody can know that the next ones are not fresh
    return int(max(most, fresh_gas) * MARGIN_PERCENT / 100)


def units_left() -> int:
    """What the vault still pays today, less what is under way. Raises ChainError.

    The book is asked first: what is mined meanwhile is taken off twice rather than not at all.
    """
    batched = Payout.objects.filter(
        state=Payout.State.BATCHED, batch__chain_tx__state__in=UNDER_WAY
    )
    under_way = batched.aggregate(sum=Sum(F("amount_units")))["sum"] or 0
    return max(vault.daily_cap() - vault.paid_today() - under_way, 0)
