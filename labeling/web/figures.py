"""Counts and times as people say them."""

from collections.abc import Iterator

from labeling.records import Record
from payments import money

UNITS = [("days", 86_400), ("h", 3600), ("min", 60)]
SPACE = "\u00a0"


def duration(seconds: float) -> str:
    """Such as `20 s`, `2 h` or `3 days`: one number, rounded, from 1.5 of a unit on in that."""
    for name, length in UNITS:
        if seconds >= 1.5 * length:
            return f"{round(seconds / length)}{SPACE}{name}"
    return f"{round(seconds)}{SPACE}s" if seconds >= 0.5 else f"less than 1{SPACE}s"


def percent(share: float) -> str:
    """Such as `97 %`; a hundred only if it is all, and zero only if it is none."""
    least, most = (1 if share > 0 else 0), (100 if share >= 1 else 99)
    return f"{min(max(round(share * 100), least), most)}{SPACE}%"


def hourly(units: int) -> str:
    """Such as `$4.10 an hour`, to the cent."""
    cent_units = money.UNITS_PER_DOLLAR // 100
    return f"${money.format(round(units / cent_units) * cent_units)} an hour"


def record_line(record: Record) -> str:
    """What a labeler wants to know of a requester first, in one line."""
    facts = list(_known(record))
    return " · ".join(facts) if facts else "Too new here to say"


def _known(record: Record) -> Iterator[str]:
    if record.median_accept_seconds is not None:
        yield f"Pays after {duration(record.median_accept_seconds)} (median)"
    if record.approval_share is not None:
        yield f"{percent(record.approval_share)} accepted"
    if record.approval_share is not None or record.appeals_lost_count:
        yield f"{record.appeals_lost_count} {_appeals(record.appeals_lost_count)} lost"
    if record.median_hourly_units is not None:
        yield f"about {hourly(record.median_hourly_units)}"


def record_rows(record: Record) -> list[tuple[str, str]]:
    """The whole record, each number with its name."""
    lost = f"{record.appeals_lost_count} of {record.appeals_count}"
    waits, pay = record.median_accept_seconds, record.median_hourly_units
    rows = [
        ("Answers decided", str(record.decided_count)),
        ("Accepted", str(record.accepted_count)),
        ("Rejected, may be appealed", str(record.standing_count)),
        ("Rejected for good", str(record.final_count)),
        ("Appeals lost to labelers", lost if record.appeals_count else "none decided"),
        ("From answer to pay (median)", "" if waits is None else duration(waits)),
        ("What people made (median)", "" if pay is None else hourly(pay)),
    ]
    return [(name, value or "not known yet") for name, value in rows]


def _appeals(count: int) -> str:
    return "appeal" if count == 1 else "appeals"
