"""Offers as the pages show them, with their numbers in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.content import kinds
from labeling.handout.offers import Offer
from labeling.models import Project
from labeling.web import figures
from payments import money
from people import locales

ACCEPTED = {
    Project.Review.AUTO: gettext_lazy("Accepted automatically."),
    Project.Review.CONSENSUS: gettext_lazy(
        "Accepted by agreement with others; otherwise the requester decides, "
        "after %(time)s silence accepts."
    ),
    Project.Review.MANUAL: gettext_lazy(
        "Accepted by the requester, after %(time)s silence accepts."
    ),
}


@dataclass(frozen=True)
class Card:
    """An offer; `pace` is empty where nobody knows yet how long a task takes, `weight` where
    nothing is loaded, `reputation` for a stranger."""

    offer: Offer
    pace: str
    hourly: str
    weight: str
    limit: str
    line: str
    rows: list[tuple[str, str]]
    accepted: str
    reputation: str
    tags: list[str]


def of(offer: Offer) -> Card:
    """The offer in words."""
    silence = figures.duration(offer.review_hours * 3600)
    return Card(
        offer=offer,
        pace="" if offer.seconds is None else figures.duration(offer.seconds),
        hourly="" if offer.hourly is None else money.written(money.parse(offer.hourly)),
        weight="" if offer.task_bytes is None else figures.weight(offer.task_bytes),
        limit=figures.duration(offer.lease_minutes * 60),
        line=figures.record_line(offer.record),
        rows=figures.record_rows(offer.record),
        accepted=ACCEPTED[Project.Review(offer.review)] % {"time": silence},
        reputation="" if offer.reputation is None else figures.percent(offer.reputation),
        tags=_tags(offer),
    )


def _tags(offer: Offer) -> list[str]:
    tags = [str(kinds.TITLES[kind]) for kind in offer.kinds]
    if offer.kind == Project.Kind.TEST:
        tags.append(_("Test for %(skill)s") % {"skill": offer.skill_title})
    if offer.quota_left:
        count = offer.quota_left
        words = ngettext("%(count)s left for you", "%(count)s left for you", count)
        tags.append(words % {"count": locales.number(count)})
    return tags + offer.language_names
