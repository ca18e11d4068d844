"""What a chain tx is to do, held against the rows that it was made for, before a key signs it."""

from payments.chain import vault
from payments.chain.errors import NotMeant
from payments.models import Batch, ChainTx, Network, Payout


def check(tx: ChainTx) -> None:
    """Nothing if the bytes say what the rows of its batch say: its number, whom it pays, how much,
    in this order, and both roots; to our vault. Raises NotMeant.

    What is booked afterwards is the rows, by their places in the batch: money that went anywhere
    else would be missing.
    """
    batch = Batch.objects.filter(chain_tx=tx).select_related("owed").first()
    if batch is None:
        return
    payouts = batch.payouts.filter(state=Payout.State.BATCHED).order_by("position")
    payees = list(payouts.values_list("address", "amount_units"))
    roots = (_word(batch.owed.balances_root), _word(batch.owed.labels_root))
    meant = vault.encode_pay(batch.number, payees, roots=roots)
    if bytes(tx.calldata) != meant or tx.to != Network.objects.get().vault_address:
        raise NotMeant("What would be signed is not what the batch's rows say: a person must look.")


def _word(root: str) -> bytes:
    return bytes.fromhex(root.removeprefix("0x"))
