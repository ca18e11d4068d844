"""What the bank remembers: the book, the payouts, and the facts of the chain."""

from payments.models.book import Account, Entry, Line, Purse
from payments.models.chain import ChainEvent, ChainTx, Network, ScannedBlock
from payments.models.payout import Batch, Payout

__all__ = [
    "Account",
    "Batch",
    "ChainEvent",
    "ChainTx",
    "Entry",
    "Line",
    "Network",
    "Payout",
    "Purse",
    "ScannedBlock",
]
