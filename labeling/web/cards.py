"""Offers as the pages show them, with their numbers in words."""

from dataclasses import dataclass

from labeling.models import Project
from labeling.offers import Offer
from labeling.web import figures

ACCEPTED = {
    Project.Review.AUTO: "by itself",
    Project.Review.CONSENSUS: "by agreement with others; otherwise the requester decides",
    Project.Review.MANUAL: "by the requester",
}


@dataclass(frozen=True)
class Card:
    """An offer; `pace` is empty where nobody knows yet how long a task takes."""

    offer: Offer
    pace: str
    hourly: str
    line: str
    rows: list[tuple[str, str]]
    accepted: str
    tags: list[str]


def of(offer: Offer) -> Card:
    """The offer in words."""
    silence = f", after {offer.review_hours}{figures.SPACE}h silence accepts"
    return Card(
        offer=offer,
        pace="" if offer.seconds is None else figures.duration(offer.seconds),
        hourly="" if offer.hourly is None else f"${offer.hourly}",
        line=figures.record_line(offer.record),
        rows=figures.record_rows(offer.record),
        accepted=ACCEPTED[Project.Review(offer.review)]
        + ("" if offer.review == Project.Review.AUTO else silence),
        tags=_tags(offer),
    )


def _tags(offer: Offer) -> list[str]:
    tags = []
    if offer.kind == Project.Kind.TEST:
        tags.append(f"Test for {offer.skill_title}")
    if not offer.is_paid:
        tags.append("Not paid")
    if offer.quota_left:
        tags.append(f"{offer.quota_left} left for you")
    return tags + offer.language_names
