"""The bank in the admin: everything can be read, nothing written."""

from payments.admin import book, chain, payouts

__all__ = ["book", "chain", "payouts"]
