"""The admin's sidebar: what an admin does, and not which app a table lies in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

# Each table with its sign; which of them somebody sees is a matter of their permissions.
GROUPS: dict[str, dict[str, str]] = {
    "Money": {
        "payments.payout": "payments",
        "payments.batch": "stacks",
        "payments.chaintx": "receipt_long",
        "payments.chainevent": "call_received",
        "payments.correction": "balance",
        "payments.reconciliation": "fact_check",
        "payments.wallet": "account_balance_wallet",
        "payments.blockedaddress": "block",
        "payments.network": "lan",
    },
    "Work": {
        "labeling.project": "folder_open",
        "labeling.task": "task",
        "labeling.submission": "done_all",
        "labeling.report": "flag",
        "labeling.signal": "troubleshoot",
        "labeling.medium": "image",
    },
    "Judgement": {
        "labeling.case": "gavel",
        "labeling.standing": "front_hand",
        "labeling.judgement": "rule",
        "labeling.reviewer": "rate_review",
        "labeling.reputation": "trending_up",
        "labeling.skill": "school",
    },
    "People": {
        "people.user": "person",
        "people.notice": "notifications",
        "people.letter": "mail",
        "people.departure": "logout",
        "people.apitoken": "key",
        "mfa.authenticator": "lock",
        "auth.group": "group",
    },
    "The book": {
        "payments.purse": "savings",
        "payments.entry": "menu_book",
        "payments.account": "account_balance",
        "payments.line": "segment",
        "payments.owed": "account_tree",
    },
}
REST = "Records"  # whatever is placed nowhere else, folded away


def style(request: HttpRequest) -> str:
    """Where the admin's own style is."""
    return static("payments/admin.css")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups with the tables that this admin may look at; the rest is one more group."""
    tables = _tables(request)
    groups = [_front()]
    for title, signs in GROUPS.items():
        found = [(tables.pop(name), sign) for name, sign in signs.items() if name in tables]
        groups.append(_group(title, found))
    return [*groups, _group(REST, [(one, "table_rows") for one in tables.values()], folded=True)]


def _tables(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """What Django would list, by `app.model`."""
    return {
        model["model"]._meta.label_lower: model
        for app in admin.site.get_app_list(request)
        for model in app["models"]
    }


def _front() -> dict[str, Any]:
    link = reverse("admin:index")
    return {"items": [{"title": "What needs an admin", "icon": "inbox", "link": link}]}


def _group(
    title: str, found: list[tuple[dict[str, Any], str]], *, folded: bool = False
) -> dict[str, Any]:
    items = [
        {"title": table["name"], "icon": sign, "link": table["admin_url"]} for table, sign in found
    ]
    return {"title": title, "collapsible": folded, "items": items}
