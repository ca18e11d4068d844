"""Facts of the chain."""

from django.contrib import admin

from payments.admin.readonly import ReadOnlyAdmin
from payments.models import ChainEvent, ChainTx, Network, ScannedBlock


@admin.register(Network)
class NetworkAdmin(ReadOnlyAdmin):
    list_display = ["name", "chain_id", "vault_address", "token_address"]


@admin.register(ChainTx)
class ChainTxAdmin(ReadOnlyAdmin):
    list_display = ["key", "state", "nonce", "tx_hash", "block_number", "gas_used", "error"]
    list_filter = ["state"]
    search_fields = ["key", "tx_hash"]
    exclude = ["calldata", "raw"]


@admin.register(ChainEvent)
class ChainEventAdmin(ReadOnlyAdmin):
    list_display = ["name", "block_number", "tx_hash", "payload", "settled_at"]
    list_filter = ["name", ("settled_at", admin.EmptyFieldListFilter)]
    search_fields = ["tx_hash"]


@admin.register(ScannedBlock)
class ScannedBlockAdmin(ReadOnlyAdmin):
    list_display = ["number", "block_hash"]
