"""Every page of the product, by the name of its picture: whose it is, and its address."""

from tests.browser.town import Town

Places = dict[str, tuple[str, str]]


def of(town: Town) -> Places:
    """All of them; nobody's name is whoever is not signed in."""
    return offers(town) | work(town) | money(town) | answers(town) | requesters(town) | accounts()


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
        "receipt": ("amina", f"/earnings/payouts/{town.paid.pk}/"),
        "address": ("amina", "/earnings/wallet/"),
        "address-empty": ("nil", "/earnings/wallet/"),
        "wallets": ("amina", "/wallet/"),
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
        "review-many": ("rui", f"/review/{moods}/accept/?which=all"),
    }


def accounts() -> Places:
    return {
        "join": ("", "/join/"),
        "sign-in": ("", "/sign-in/"),
        "forgotten": ("", "/sign-in/forgotten/"),
        "account": ("amina", "/account/"),
        "account-requester": ("rui", "/account/"),
        "account-admin": ("root", "/account/"),
        "password": ("amina", "/account/password/"),
        "sessions": ("amina", "/account/sessions/"),
        "second-steps": ("amina", "/account/sign-in/"),
    }


OTHERS: Places = {  # whose look is somebody else's: they fit, and that is all that is asked
    "admin": ("root", "/admin/"),
    "admin-projects": ("root", "/admin/labeling/project/"),
    "admin-submissions": ("root", "/admin/labeling/submission/"),
    "admin-payouts": ("root", "/admin/payments/payout/"),
    "api": ("", "/api/v1/docs/"),
}
