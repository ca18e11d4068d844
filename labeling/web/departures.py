"""What the workshop says to who thinks of leaving, as a panel of `people`'s page."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from labeling.judging import tallies


def panel(request: HttpRequest) -> str:
    """HTML: the answers that nobody has decided about, which are paid as ever."""
    context = {"tally": tallies.of(request.user.pk)}
    return render_to_string("labeling/leaving.html", context, request)
