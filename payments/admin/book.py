"""Purses, accounts, entries and lines."""

from django.contrib import admin

from payments import money
from payments.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
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
    fields = ["account", "amount"]
    readonly_fields = ["amount"]

    @admin.display
    def amount(self, line: Line) -> str:
        return money.format(line.amount_units)


@admin.register(Purse)
class PurseAdmin(ReadOnlyAdmin):
    list_display = ["holder", "id", "created_at"]
    search_fields = ["holder", "id"]
    inlines = [AccountInline]


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
    list_display = ["id", "kind", "key", "cause", "created_at"]
    list_filter = ["kind"]
    search_fields = ["key", "cause"]
    exclude = ["fingerprint"]
    inlines = [LineInline]


@admin.register(Line)
class LineAdmin(ReadOnlyAdmin):
    list_display = ["id", "entry", "account", "amount"]
    list_select_related = ["entry", "account"]
    search_fields = ["entry__key"]

    @admin.display(ordering="amount_units")
    def amount(self, line: Line) -> str:
        return money.format(line.amount_units)
