"""Charts, drawn by the server: numbers for the SVG of a page, each bar with its value as a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payments import money

WIDTH, ROW = 340, 24  # of the drawing's own units: as many pixels on a small phone
LABEL, VALUE = 66, 74  # room for the day in front of a bar, and for its amount behind it
LONGEST = WIDTH - LABEL - VALUE


@dataclass(frozen=True)
class Bar:
    """One day: a bar from `x`, `length` long, in the row that begins at `top`."""

    day: date
    units: int
    amount: str
    top: int
    length: int

    @property
    def baseline(self) -> int:
        """Where the texts of this row stand."""
        return self.top + 16

    @property
    def value_x(self) -> int:
        """Where the amount begins."""
        return LABEL + self.length + 6


@dataclass(frozen=True)
class Chart:
    """Bars in rows, the newest day last; `total` is what they come to."""

    bars: list[Bar]
    total: str
    height: int
    width: int = WIDTH
    bar_x: int = LABEL

    @property
    def is_empty(self) -> bool:
        """True if nothing was earned on any of the days."""
        return not any(bar.units for bar in self.bars)


def of_days(earned: Sequence[tuple[date, int]]) -> Chart:
    """The days as a chart: the best one has the longest bar, and what is above zero is seen."""
    most = max((units for _, units in earned), default=0) or 1
    bars = [
        Bar(
            day=day,
            units=units,
            amount=money.number(units),
            top=row * ROW,
            length=max(round(units * LONGEST / most), 2) if units else 0,
        )
        for row, (day, units) in enumerate(earned)
    ]
    total = money.written(sum(units for _, units in earned))
    return Chart(bars=bars, total=total, height=len(bars) * ROW)
