"""Every page of the product, by the name of its picture: whose it is, and its address."""

from people import choices
from people.models import Notice
from tests.browser.town import Town

Places = dict[str, tuple[str, str]]


def of(town: Town) -> Places:
    """All of them; nobody's name is whoever is not signed in."""
    return (
        offers(town) | work(town) | money(town) | answers(town) | requesters(town) | accounts(town)
    )


def offers(town: Town) -> Places:
    moods, others = town.moods.pk, town.others
    return {
        "offers": ("amina", "/"),
        "offers-stranger": ("", "/"),
        "offers-narrowed": ("amina", "/?kind=mark&pay=0.05"),
        "offers-nothing": ("amina", "/?kind=compare"),
        "offer": ("amina", f"/projects/{moods}/"),
        "offer-not-yet": ("amina", f"/projects/{others['writing'].pk}/"),
        "offer-stranger": ("", f"/projects/{moods}/"),
        "offer-test": ("amina", f"/projects/{town.exam.pk}/"),
        "offer-requester": ("rui", f"/projects/{moods}/"),
        "practice": ("amina", f"/projects/{moods}/practice/"),
        "practice-nothing": ("amina", f"/projects/{others['boxes'].pk}/practice/"),
        "reputation": ("amina", "/reputation/"),
        "reputation-empty": ("nil", "/reputation/"),
        "skills": ("amina", "/skills/"),
        "skills-empty": ("nil", "/skills/"),
        "offline": ("nil", "/offline/"),
        "not-found": ("amina", "/nothing/here/"),
    }


def work(town: Town) -> Places:
    projects = {"choices": town.moods, **town.others}
    pages = {f"work-{name}": ("nil", f"/projects/{one.pk}/work/") for name, one in projects.items()}
    return pages | {"work-nothing": ("root", f"/projects/{town.finished.pk}/work/")}


def money(town: Town) -> Places:
    return {
        "earnings": ("amina", "/earnings/"),
        "earnings-empty": ("nil", "/earnings/"),
        "payouts": ("amina", "/earnings/payouts/"),
        "payouts-empty": ("nil", "/earnings/payouts/"),
        "receipt": ("amina", f"/earnings/payouts/{town.paid.pk}/"),
        "address": ("amina", "/earnings/wallet/"),
        "address-empty": ("nil", "/earnings/wallet/"),
        "wallets": ("amina", "/wallet/"),
        "address-confirm": ("amina", "/earnings/wallet/confirm/nothing/"),
        "wallet-new": ("nil", "/wallet/new/"),
        "wallet-connect": ("nil", "/wallet/connect/"),
        "vault": ("", "/vault/"),
        "money": ("rui", "/money/"),
        "money-empty": ("root", "/money/"),
        "money-project": ("rui", f"/money/{town.moods.pk}/"),
    }


def answers(town: Town) -> Places:
    return {
        "answers": ("amina", "/answers/"),
        "answers-rejected": ("amina", "/answers/?state=rejected"),
        "answers-empty": ("nil", "/answers/"),
        "case": ("amina", f"/cases/{town.standing.pk}/"),
        "case-appealed": ("amina", f"/cases/{town.contested.pk}/"),
        "jury": ("juror", "/jury/"),
        "jury-empty": ("nil", "/jury/"),
    }


def requesters(town: Town) -> Places:
    moods = town.moods.pk
    return {
        "review-list": ("rui", "/review/"),
        "review-list-empty": ("nil", "/review/"),
        "review": ("rui", f"/review/{moods}/"),
        "review-empty": ("rui", f"/review/{town.others['boxes'].pk}/"),
        "rejections": ("rui", f"/review/{moods}/rejections/"),
        "rejections-empty": ("rui", f"/review/{town.others['boxes'].pk}/rejections/"),
        "review-many": ("rui", f"/review/{moods}/accept/?which=all"),
    }


def accounts(town: Town) -> Places:
    token = choices.token(town.amina, Notice.Kind.PAID)
    return {
        "join": ("", "/join/"),
        "sign-in": ("", "/sign-in/"),
        "sign-out": ("amina", "/sign-out/?unsent=2"),
        "forgotten": ("", "/sign-in/forgotten/"),
        "new-password": ("", "/sign-in/new-password/"),
        "left": ("", "/left/"),
        "unsubscribe": ("", f"/notices/off/{token}/"),
        "confirm": ("amina", "/account/confirm/"),
        "mail": ("amina", "/account/mail/"),
        "mail-code": ("amina", "/account/mail/code/"),
        "app": ("amina", "/account/sign-in/app/"),
        "leave": ("amina", "/account/leave/"),
        "leave-empty": ("nil", "/account/leave/"),
        "notices": ("amina", "/account/notices/"),
        "notices-empty": ("nil", "/account/notices/"),
        "notice-choices": ("amina", "/account/notices/choices/"),
        "account": ("amina", "/account/"),
        "account-requester": ("rui", "/account/"),
        "account-admin": ("root", "/account/"),
        "password": ("amina", "/account/password/"),
        "sessions": ("amina", "/account/sessions/"),
        "second-steps": ("amina", "/account/sign-in/"),
    }


def others(town: Town) -> Places:
    """Pages whose look is somebody else's: they fit, and that is all that is asked."""
    return {
        "admin": ("root", "/admin/"),
        "admin-projects": ("root", "/admin/labeling/project/"),
        "admin-submissions": ("root", "/admin/labeling/submission/"),
        "admin-payouts": ("root", "/admin/payments/payout/"),
        "admin-payout": ("root", f"/admin/payments/payout/{town.paid.pk}/change/"),
        "api": ("", "/api/v1/docs/"),
    }


# Addresses that are no page to look at, each with what it is instead.
NO_PAGES = {
    **dict.fromkeys(("choose-language", "join-passkey", "profile"), "is posted to"),
    **dict.fromkeys(("sign-in-by-passkey", "passkey-options", "sign-in-by-wallet"), "is posted to"),
    **dict.fromkeys(("sign-in-message", "wallet-message", "prove-wallet"), "is posted to"),
    **dict.fromkeys(("forget-wallet", "sign-for-wallet", "keep-wallet"), "is posted to"),
    **dict.fromkeys(("sign-for-project-wallet", "keep-project-wallet"), "is posted to"),
    **dict.fromkeys(("issue-token", "revoke-token", "confirm-options"), "is posted to"),
    **dict.fromkeys(("forget-mail", "turn-off-second-step"), "is posted to"),
    **dict.fromkeys(("new-passkey-options", "add-passkey", "rename-passkey"), "is posted to"),
    **dict.fromkeys(("remove-passkey", "stay", "left-close"), "is posted to"),
    **dict.fromkeys(("end-other-sessions", "end-session"), "is posted to"),
    **dict.fromkeys(("read-notices", "read-notice", "rejection-back"), "is posted to"),
    **dict.fromkeys(("words", "worker", "manifest", "digit", "metrics"), "is a file"),
    **dict.fromkeys(("own-data", "proof-file", "statement-file"), "is a file"),
    "project-statement-file": "is a file",
    "open-notice": "leads on to what the notice is about",
    "sign-in": "is account_login, as allauth calls the same address",
    **dict.fromkeys(("turn-on-second-step", "new-emergency-codes"), "shows codes when posted to"),
    "mfa_authenticate": "is there only between a password and the second step",
}
