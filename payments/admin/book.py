"""Purses, accounts, entries and lines; what the house has earned, and how it leaves."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from payments import addresses, house, money
from payments.admin import doors
from payments.admin.links import key, said, short
from payments.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from payments.errors import PaymentsError
from payments.models import Account, Entry, Line, Purse


class AccountInline(ReadOnlyInline):
    model = Account
    fields = ["kind", "balance"]
    readonly_fields = ["balance"]

    @admin.display
    def balance(self, account: Account) -> str:
        return money.format(account.balance_units)


class LineInline(ReadOnlyInline):
    model = Line
    fields = ["purse", "kind", "amount"]
    readonly_fields = ["purse", "kind", "amount"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Line]:
        return super().get_queryset(request).select_related("account__purse")

    @admin.display
    def purse(self, line: Line) -> Purse:
        return line.account.purse

    @admin.display
    def kind(self, line: Line) -> str:
        return line.account.get_kind_display()

    @admin.display
    def amount(self, line: Line) -> str:
        return money.format(line.amount_units)


class HousePayoutForm(forms.Form):
    """How much leaves for which wallet; the key makes a second click harmless."""

    amount = forms.CharField(label=_("Amount"), max_length=20, widget=UnfoldAdminTextInputWidget)
    address = forms.CharField(label=_("Wallet"), max_length=64, widget=UnfoldAdminTextInputWidget)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        return _checked(money.parse, self.cleaned_data["amount"])

    def clean_address(self) -> str:
        return _checked(addresses.parse, self.cleaned_data["address"])


def _checked(parse: Any, text: str) -> Any:
    try:
        return parse(text.strip())
    except (PaymentsError, money.InvalidAmount) as error:
        raise forms.ValidationError(str(error), code=error.code)


@admin.register(Purse)
class PurseAdmin(ReadOnlyAdmin):
    list_display = ["holder", "id", "created_at"]
    search_fields = ["holder", "id"]
    inlines = [AccountInline]
    actions_list = ["sweep_fees", "pay_out"]

    def has_house_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.add_payout")

    @action(
        description=_("Sweep fees"),
        permissions=["house"],
        icon="savings",
        url_path="sweep-fees",
        dialog=doors.question(
            _("Sweep fees"), _("What the house earned in projects goes into its own purse.")
        ),
    )
    def sweep_fees(self, request: HttpRequest, form: Any) -> HttpResponse:
        swept: list[int] = []
        if doors.call(request, lambda: swept.append(house.sweep()), done=_("Swept.")):
            self.message_user(request, money.written(swept[0]))
        return doors.back(request, "admin:payments_purse_changelist")

    @action(
        description=_("Pay out the house's money"),
        permissions=["house"],
        variant=ActionVariant.PRIMARY,
        url_path="pay-out",
    )
    def pay_out(self, request: HttpRequest) -> HttpResponse:
        form = HousePayoutForm(request.POST or None, initial={"key": uuid4()})
        if form.is_valid() and self._pay_out(request, form.cleaned_data):
            return redirect("admin:payments_payout_changelist")
        there = _("%(there)s are there; %(unswept)s lie in projects and are not swept yet.")
        sums = {"there": house.funds_units(), "unswept": house.unswept_units()}
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "opts": self.model._meta,
            "title": _("Pay out the house's money"),
            "about": there % {name: money.written(units) for name, units in sums.items()},
        }
        return render(request, "payments/admin/form.html", context)

    def _pay_out(self, request: HttpRequest, given: dict[str, Any]) -> bool:
        def verb() -> None:
            made = house.pay_out(
                amount_units=given["amount"], address=given["address"], key=str(given["key"])
            )
            self.log_change(request, made.purse, f"payout {made.pk}")

        return doors.call(request, verb, done=_("It leaves when two admins have approved it."))


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["purse", "kind", "balance"]
    list_filter = ["kind"]
    list_select_related = ["purse"]
    search_fields = ["purse__holder"]

    @admin.display(ordering="balance_units")
    def balance(self, account: Account) -> str:
        return money.format(account.balance_units)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "created_at", "kind", "moved", "why", "short_key"]
    list_filter = ["kind"]
    search_fields = ["key", "cause"]
    exclude = ["fingerprint", "key", "cause"]
    readonly_fields = ["whole_key", "why"]
    inlines = [LineInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With what changed accounts: summed on the page's rows alone."""
        arrived = Line.objects.filter(entry=OuterRef("pk"), amount_units__gt=0).order_by()
        units = arrived.values("entry").annotate(units=Sum("amount_units")).values("units")
        return super().get_queryset(request).annotate(units=Coalesce(Subquery(units), 0))

    @admin.display(description=_("amount"))
    def moved(self, entry: Any) -> str:
        return money.format(entry.units)

    @admin.display(description=_("cause"))
    def why(self, entry: Entry) -> str:
        return said(entry.cause)

    @admin.display(description=_("key"))
    def short_key(self, entry: Entry) -> str:
        return short(entry.key)

    @admin.display(description=_("key"))
    def whole_key(self, entry: Entry) -> str:
        return key(entry.key)


@admin.register(Line)
class LineAdmin(ReadOnlyAdmin):
    list_display = ["id", "purse", "kind", "amount", "cause", "of_entry"]
    list_filter = ["account__kind"]
    list_select_related = ["entry", "account__purse"]
    search_fields = ["entry__key", "account__purse__holder"]
    fields = ["entry", "purse", "kind", "amount"]

    @admin.display(description=_("purse"))
    def purse(self, line: Line) -> Purse:
        return line.account.purse

    @admin.display(description=_("account"))
    def kind(self, line: Line) -> str:
        return line.account.get_kind_display()

    @admin.display(description=_("cause"))
    def cause(self, line: Line) -> str:
        return said(line.entry.cause)

    @admin.display(description=_("entry"))
    def of_entry(self, line: Line) -> str:
        return short(line.entry.key)

    @admin.display(ordering="amount_units")
    def amount(self, line: Line) -> str:
        return money.format(line.amount_units)
