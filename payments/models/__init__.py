"""What the bank remembers: the book, the payouts, and the facts of the chain."""

from payments.models.book import Account, Entry, Line, Purse
from payments.models.chain import ChainEvent, ChainTx, Network, ScannedBlock
from payments.models.correction import Correction, Reconciliation
from payments.models.payout import Approval, Batch, Exit, Owed, Payout
from payments.models.wallet import BlockedAddress, Wallet

__all__ = [
    "Account",
    "Approval",
    "Batch",
    "BlockedAddress",
    "ChainEvent",
    "ChainTx",
    "Correction",
    "Entry",
    "Exit",
    "Line",
    "Network",
    "Owed",
    "Payout",
    "Purse",
    "Reconciliation",
    "ScannedBlock",
    "Wallet",
]
