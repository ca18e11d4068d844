"""Where people are paid out to, and where nobody is."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from payments import addresses
from payments.admin import doors
from payments.admin.links import address_link
from payments.admin.readonly import ReadOnlyAdmin
from payments.models import BlockedAddress, Wallet

LIST_BYTES = 5_000_000


@admin.register(Wallet)
class WalletAdmin(ReadOnlyAdmin):
    list_display = ["purse", "linked", "named_at", "usable_from", "confirmed_by", "ended_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["purse"]
    search_fields = ["address", "purse__holder"]
    exclude = ["address"]
    readonly_fields = ["linked"]

    @admin.display(description=_("address"), ordering="address")
    def linked(self, wallet: Wallet) -> str:
        return address_link(wallet.address)


class BlockListForm(forms.Form):
    """A file or a text, one address a line; `lines` are its lines once it is valid."""

    source = forms.CharField(
        label=_("Where the list is from"), max_length=200, widget=UnfoldAdminTextInputWidget
    )
    text = forms.CharField(
        label=_("Addresses"),
        help_text=_("One a line; # begins a comment."),
        required=False,
        widget=UnfoldAdminTextareaWidget,
    )
    file = forms.FileField(
        label=_("Or a file of them"), required=False, widget=UnfoldAdminFileFieldWidget
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("text") and not cleaned.get("file"):
            raise forms.ValidationError(_("Paste addresses, or choose a file."), code="no_list")
        if cleaned.get("file") and cleaned["file"].size > LIST_BYTES:
            raise forms.ValidationError(_("This file is too large."), code="file_too_large")
        return cleaned

    def lines(self) -> Iterator[str]:
        yield from self.cleaned_data["text"].splitlines()
        if given := self.cleaned_data["file"]:
            yield from given.read().decode(errors="replace").splitlines()


@admin.register(BlockedAddress)
class BlockedAddressAdmin(ReadOnlyAdmin):
    list_display = ["linked", "source", "loaded_at"]
    list_display_links = ["source"]
    exclude = ["address"]
    readonly_fields = ["linked"]
    search_fields = ["address", "source"]
    actions_list = ["load"]

    @admin.display(description=_("address"), ordering="address")
    def linked(self, blocked: BlockedAddress) -> str:
        return address_link(blocked.address)

    def has_load_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.add_blockedaddress")

    @action(
        description=_("Load a list"),
        permissions=["load"],
        variant=ActionVariant.PRIMARY,
        icon="upload",
    )
    def load(self, request: HttpRequest) -> HttpResponse:
        form = BlockListForm(request.POST or None, request.FILES or None)
        if form.is_valid() and self._load(request, form):
            return redirect("admin:payments_blockedaddress_changelist")
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "opts": self.model._meta,
            "title": _("Load a list"),
            "about": _(
                "Nobody can name these addresses any more; payouts to them that no batch has "
                "taken up come back."
            ),
        }
        return render(request, "payments/admin/form.html", context)

    def _load(self, request: HttpRequest, form: BlockListForm) -> bool:
        counts: list[int] = []

        def verb() -> None:
            source = form.cleaned_data["source"]
            counts.append(addresses.load_blocked(form.lines(), source=source))

        if not doors.call(request, verb, done=_("The list is loaded.")):
            return False
        said = ngettext("%d address is new.", "%d addresses are new.", counts[0])
        self.message_user(request, said % counts[0])
        return True
