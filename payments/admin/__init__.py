"""The bank in the admin: everything can be read, and a few verbs can be called."""

from payments.admin import book, chain, corrections, front, payouts, reconciliations, wallets

__all__ = ["book", "chain", "corrections", "front", "payouts", "reconciliations", "wallets"]
