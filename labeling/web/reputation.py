"""The page of a labeler's reputation, and of what moved it."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from labeling.crowd import reputation
from labeling.crowd.reputation import Explanation, Score
from labeling.web import figures
from people import locales

LEFT_TO_RIGHT = "\u200e"  # says so of what stands around it
BAR_WIDTH = 1000  # of the drawing's own units: whole numbers read the same in every language
ROW_DIGITS = 18  # a longer number is no row's


@dataclass(frozen=True)
class Bar:
    """A score as it is drawn: the interval from `left`, `width` wide, and the mark in it."""

    score: Score
    left: int
    width: int
    mark: int
    percent: str
    between: str
    weights: str


@dataclass(frozen=True)
class Move:
    """An event with what it weighs, in words, and what it still counts where that is less."""

    event: Explanation
    weight: str
    today: str
    is_good: bool


@never_cache
@login_required
def reputation_page(request: HttpRequest) -> HttpResponse:
    """This person's scores as bars, and the events behind them, a page at a time."""
    scores = reputation.standing(request.user.pk)
    wanted = request.GET.get("skill", "")
    skill = wanted if wanted in {score.skill for score in scores} else ""
    before = request.GET.get("before", "")
    is_row = before.isascii() and before.isdigit() and len(before) <= ROW_DIGITS
    found = reputation.explain(
        request.user.pk, skill=skill, before_id=int(before) if is_row else None
    )
    context = {
        "bars": [_bar(score) for score in scores],
        "moves": [_move(event) for event in found.events],
        "next_id": found.next_id,
        "credit": _weights(reputation.PRIOR_RIGHT, reputation.PRIOR_WRONG),
        "skill": skill,
        "is_later_page": is_row,
    }
    return render(request, "labeling/reputation.html", context)


def _bar(score: Score) -> Bar:
    bounds = {"low": figures.percent(score.low), "high": figures.percent(score.high)}
    left, right, mark = (round(share * BAR_WIDTH) for share in (score.low, score.high, score.score))
    return Bar(
        score=score,
        left=left,
        width=max(right - left, 1),
        mark=mark,
        percent=figures.percent(score.score),
        between=_("%(low)s to %(high)s") % bounds,
        weights=_weights(score.right, score.wrong, is_sum=True),
    )


def _move(event: Explanation) -> Move:
    weight = _weights(event.right, event.wrong)
    today = _weights(event.counts_right, event.counts_wrong)
    return Move(
        event=event,
        weight=weight,
        today="" if today == weight else today,
        is_good=event.right >= event.wrong,
    )


def _weights(right: float, wrong: float, *, is_sum: bool = False) -> str:
    """Such as `+0.50 right, +0.50 wrong`, without what rounds to nothing; a sum has no sign."""
    write = locales.score if is_sum else _signed
    words = ((_("%(weight)s right"), right), (_("%(weight)s wrong"), wrong))
    weights = [say % {"weight": write(weight)} for say, weight in words if round(weight, 2)]
    return ", ".join(weights) or _("no weight")


def _signed(weight: float) -> str:
    """Such as `+0.50`; the sign stays in front where one reads from the right, too."""
    mark = LEFT_TO_RIGHT if translation.get_language_bidi() else ""
    return mark + ("+" if weight > 0 else "−") + locales.score(abs(weight))
