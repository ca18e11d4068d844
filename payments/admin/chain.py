"""Facts of the chain, and the switch that stops all payouts."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from payments import corrections, deposits, money, pauses
from payments.admin import doors
from payments.admin.links import address_link, block_link, report, said, short_address_link, tx_link
from payments.admin.readonly import ReadOnlyAdmin
from payments.models import ChainEvent, ChainTx, Network, ScannedBlock

WEI = 10**18
WHO = ("sender", "payee", "account", "payer", "candidate", "owner")  # in what the vault reports


@admin.register(Network)
class NetworkAdmin(ReadOnlyAdmin):
    list_display = ["name", "chain_id", "vault", "token", "is_paused", "gas"]
    readonly_fields = ["vault", "token", "gas", "why_paused"]
    fields = [
        *("name", "chain_id", "vault", "token", "deployed_block", "created_at"),
        *("paused_at", "why_paused", "gas", "gas_low_at"),
    ]
    actions_detail = ["pause", "resume"]

    @admin.display(description=_("vault"))
    def vault(self, network: Network) -> str:
        return address_link(network.vault_address)

    @admin.display(description=_("token"))
    def token(self, network: Network) -> str:
        return address_link(network.token_address)

    @admin.display(description=_("paused"), boolean=True)
    def is_paused(self, network: Network) -> bool:
        return network.paused_at is not None

    @admin.display(description=_("paused for"))
    def why_paused(self, network: Network) -> str:
        return said(network.paused_for)

    @admin.display(description=_("gas money"))
    def gas(self, network: Network) -> str:
        return "" if network.gas_wei is None else f"{network.gas_wei / WEI:.6f}"

    def has_pause_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return _may(request) and Network.objects.filter(paused_at=None).exists()

    def has_resume_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return _may(request) and Network.objects.exclude(paused_at=None).exists()

    @action(
        description=_("Pause payouts"),
        permissions=["pause"],
        variant=ActionVariant.DANGER,
        dialog=doors.question(
            _("Pause payouts"),
            _("Nothing is batched, signed or sent until you resume; what was sent is watched."),
            form=doors.ReasonForm,
        ),
    )
    def pause(self, request: HttpRequest, form: doors.ReasonForm, object_id: Any) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        if doors.call(request, lambda: pauses.pause(reason=reason), done=_("Payouts are paused.")):
            self.log_change(request, Network.objects.get(), f"paused: {reason}")
        return doors.back(request, "admin:payments_network_changelist")

    @action(
        description=_("Resume payouts"),
        permissions=["resume"],
        variant=ActionVariant.PRIMARY,
        dialog=doors.question(_("Resume payouts"), _("What waits is batched and sent.")),
    )
    def resume(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        if doors.call(request, pauses.resume, done=_("Payouts go on.")):
            self.log_change(request, Network.objects.get(), "resumed")
        return doors.back(request, "admin:payments_network_changelist")


def _may(request: HttpRequest) -> bool:
    return request.user.has_perm("payments.change_network")


@admin.register(ChainTx)
class ChainTxAdmin(ReadOnlyAdmin):
    list_display = ["key", "state", "nonce", "hash", "block_number", "gas_used", "problem"]
    list_filter = ["state"]
    search_fields = ["key", "tx_hash"]
    exclude = [
        *("calldata", "raw", "tx_hash", "hashes", "block_hash", "to", "sender", "outcome"),
        "error",
    ]
    readonly_fields = ["hash", "all_hashes", "block", "vault", "payer", "paid", "problem"]

    @admin.display(description=_("hash"))
    def hash(self, tx: ChainTx) -> str:
        return tx_link(tx.tx_hash)

    @admin.display(description=_("all hashes"))
    def all_hashes(self, tx: ChainTx) -> str:
        return tx_link(*tx.hashes)

    @admin.display(description=_("block"))
    def block(self, tx: ChainTx) -> str:
        return block_link(tx.block_hash)

    @admin.display(description=_("outcome"))
    def paid(self, tx: ChainTx) -> str:
        if not tx.outcome:
            return ""
        counts = {name: len(tx.outcome.get(name, [])) for name in ("paid", "skipped")}
        return _("%(paid)d paid, %(skipped)d skipped") % counts

    @admin.display(description=_("error"))
    def problem(self, tx: ChainTx) -> str:
        return said(tx.error)

    @admin.display(description=_("to"))
    def vault(self, tx: ChainTx) -> str:
        return address_link(tx.to)

    @admin.display(description=_("sender"))
    def payer(self, tx: ChainTx) -> str:
        return address_link(tx.sender)


class InNoPurse(admin.SimpleListFilter):
    """Confirmed deposits that nobody's purse was named in."""

    title = _("deposits in no purse")
    parameter_name = "stray"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("in no purse"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChainEvent]
    ) -> QuerySet[ChainEvent]:
        if self.value() != "1":
            return queryset
        return queryset.filter(pk__in=deposits.strays().values("pk"))


@admin.register(ChainEvent)
class ChainEventAdmin(ReadOnlyAdmin):
    list_display = ["name", "block_number", "amount", "who", "hash", "settled_at"]
    list_filter = [
        *(InNoPurse, "name", ("settled_at", admin.EmptyFieldListFilter)),
        ("lost_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["tx_hash"]
    exclude = ["tx_hash", "block_hash", "payload"]
    readonly_fields = ["amount", "hash", "block", "reported"]
    actions_detail = ["send_back"]

    @admin.display(description=_("amount"))
    def amount(self, event: ChainEvent) -> str:
        units = event.payload.get("amount") or event.payload.get("total")
        return "" if units is None else money.format(int(units))

    @admin.display(description=_("who"))
    def who(self, event: ChainEvent) -> str:
        """Whose money it is or whose right, or which batch."""
        if address := next(filter(None, map(event.payload.get, WHO)), ""):
            return short_address_link(address)
        batch_id = event.payload.get("batch_id")
        return "" if batch_id is None else _("batch %(number)s") % {"number": batch_id}

    @admin.display(description=_("chain tx"))
    def hash(self, event: ChainEvent) -> str:
        return tx_link(event.tx_hash)

    @admin.display(description=_("report"))
    def reported(self, event: ChainEvent) -> str:
        return report(event.payload)

    @admin.display(description=_("block"))
    def block(self, event: ChainEvent) -> str:
        return block_link(event.block_hash)

    def has_refund_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm("payments.add_correction"):
            return False
        return doors.is_among(deposits.strays(), object_id)

    @action(
        description=_("Propose to send it back"),
        permissions=["refund"],
        variant=ActionVariant.PRIMARY,
        url_path="send-back",
        dialog=doors.question(
            _("Propose to send it back"),
            _("When another admin agrees, it leaves for the wallet it came from."),
            form=doors.ReasonForm,
        ),
    )
    def send_back(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        def verb() -> None:
            made = corrections.propose_refund(
                int(object_id), reason=form.cleaned_data["reason"], admin=request.user
            )
            self.log_change(request, ChainEvent.objects.get(pk=object_id), f"correction {made.pk}")

        doors.call(request, verb, done=_("Proposed. Another admin has to agree."))
        return doors.back(request, "admin:payments_correction_changelist")


@admin.register(ScannedBlock)
class ScannedBlockAdmin(ReadOnlyAdmin):
    list_display = ["number", "block"]
    exclude = ["block_hash"]
    readonly_fields = ["block"]

    @admin.display(description=_("block"))
    def block(self, scanned: ScannedBlock) -> str:
        return block_link(scanned.block_hash)
