"""What one does in a project, as a person chooses work: choose, write, mark, rate, compare."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

TITLES = {
    "choose": _("Choose"),
    "write": _("Write"),
    "mark": _("Mark"),
    "rate": _("Rate"),
    "compare": _("Compare"),
}
CONTROLS = {
    "choose": {"Choices", "Taxonomy"},
    "write": {"TextArea", "Number", "DateTime"},
    "mark": {
        *("Labels", "RectangleLabels", "PolygonLabels", "KeyPointLabels", "EllipseLabels"),
        *("HyperTextLabels", "ParagraphLabels", "TimeSeriesLabels", "BrushLabels"),
    },
    "rate": {"Rating"},
    "compare": {"Pairwise", "Ranker"},
}


def of(controls: Iterable[str]) -> list[str]:
    """The kinds of work that these controls ask for, in one order."""
    asked = set(controls)
    return [kind for kind, tags in CONTROLS.items() if tags & asked]
