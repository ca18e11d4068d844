"""What the chain charged for the payouts."""

from demo.findings import Paid
from payments.models import ChainTx


def of(tx_hashes: list[str | None]) -> Paid:
    """The bill of the batches that carried payouts with these hashes, one hash a payee."""
    batches = ChainTx.objects.filter(tx_hash__in={one for one in tx_hashes if one})
    gas = [one.gas_used or 0 for one in batches]
    return Paid(batches_count=len(gas), payees_count=len(tx_hashes), gas_used=sum(gas))
