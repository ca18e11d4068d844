"""Counts and times as people say them."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from labeling.handout.records import Record
from payments import money
from people import locales

UNITS = [
    (86_400, ngettext_lazy("%(count)s day", "%(count)s days", "count")),
    (3600, ngettext_lazy("%(count)s h", "%(count)s h", "count")),
    (60, ngettext_lazy("%(count)s min", "%(count)s min", "count")),
]
SPACE = "\u00a0"  # a number and its unit stay in one line


def duration(seconds: float) -> str:
    """Such as `20 s`, `2 h` or `3 days`: one number, rounded, from 1.5 of a unit on in that."""
    for length, words in UNITS:
        if seconds >= 1.5 * length:
            return _together(words % {"count": round(seconds / length)})
    return pace(round(seconds)) if seconds >= 0.5 else _("less than %(time)s") % {"time": pace(1)}


def pace(seconds: float) -> str:
    """Such as `7.5 s`."""
    return _together(_("%(count)s s") % {"count": locales.number(seconds)})


def weight(size_bytes: int) -> str:
    """Such as `12 kB`: whole thousands of bytes, and at least one."""
    kilobytes = max(round(size_bytes / 1000), 1)
    return _together(_("%(count)s kB") % {"count": locales.number(kilobytes)})


def _together(words: str) -> str:
    return words.replace(" ", SPACE)


def percent(share: float) -> str:
    """Such as `97 %`; a hundred only if it is all, and zero only if it is none."""
    least, most = (1 if share > 0 else 0), (100 if share >= 1 else 99)
    return _together(_("%(share)s %%") % {"share": min(max(round(share * 100), least), most)})


def hourly(units: int) -> str:
    """Such as `4.10 tUSD an hour`, to the cent."""
    cent_units = money.UNITS_PER_DOLLAR // 100
    amount = money.written(round(units / cent_units) * cent_units)
    return _("%(amount)s an hour") % {"amount": amount}


def record_line(record: Record) -> str:
    """What a labeler wants to know of a requester first, in one line."""
    facts = list(_known(record))
    return " · ".join(facts) if facts else _("Too new here to say")


def _known(record: Record) -> Iterator[str]:
    if record.median_accept_seconds is not None:
        yield _("Usually pays after %(time)s") % {"time": duration(record.median_accept_seconds)}
    if record.approval_share is not None:
        yield _("%(share)s accepted") % {"share": percent(record.approval_share)}
    if record.approval_share is not None or record.appeals_lost_count:
        count = record.appeals_lost_count
        words = ngettext("%(count)s appeal lost", "%(count)s appeals lost", count)
        yield words % {"count": locales.number(count)}
    if record.median_hourly_units is not None:
        yield _("about %(amount)s") % {"amount": hourly(record.median_hourly_units)}


def record_rows(record: Record) -> list[tuple[str, str]]:
    """The whole record, each number with its name."""
    counts = {"part": record.appeals_lost_count, "all": record.appeals_count}
    lost = _("%(part)s of %(all)s") % {name: locales.number(n) for name, n in counts.items()}
    waits, pay = record.median_accept_seconds, record.median_hourly_units
    rows = [
        (_("Answers decided"), locales.number(record.decided_count)),
        (_("Accepted"), locales.number(record.accepted_count)),
        (_("Rejected, may be appealed"), locales.number(record.standing_count)),
        (_("Rejected for good"), locales.number(record.final_count)),
        (_("Appeals lost to labelers"), lost if record.appeals_count else _("none decided")),
        (_("From answer to pay (median)"), "" if waits is None else duration(waits)),
        (_("What people made (median)"), "" if pay is None else hourly(pay)),
    ]
    return [(name, value or _("not known yet")) for name, value in rows]
