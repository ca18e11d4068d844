"""Progress bars in plain text: redrawn on a terminal, a line each quarter elsewhere."""

import sys
from time import monotonic
from typing import TextIO

WIDTH = 30
REDRAW_SECONDS = 0.1
STEPS = 4  # lines that a bar takes where nothing can be redrawn


class Bar:
    """How much of `total` is done, and how fast if `is_rated`. As a context it ends its line."""

    def __init__(
        self, title: str, *, total: int, is_rated: bool = False, out: TextIO | None = None
    ) -> None:
        self.title, self.total, self.is_rated = title, total, is_rated
        self.out = out or sys.stdout
        self.done_count = 0
        self.started_at = monotonic()
        self._drawn_at, self._drawn_count = 0.0, -1
        self._step = 0
        self._is_terminal = self.out.isatty()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn_count != self.done_count:
            self._draw()
        if self._is_terminal:
            self.out.write("\n")
            self.out.flush()

    @property
    def seconds(self) -> float:
        """Since the bar was made."""
        return max(monotonic() - self.started_at, 1e-6)

    def add(self, count: int = 1) -> None:
        """So much more is done."""
        self.reach(self.done_count + count)

    def reach(self, count: int) -> None:
        """So much is done in all."""
        self.done_count = count
        if self._is_terminal:
            if monotonic() - self._drawn_at >= REDRAW_SECONDS:
                self._draw()
        elif self._step < STEPS - 1 and count * STEPS >= self.total * (self._step + 1):
            self._draw()

    def _draw(self) -> None:
        self._drawn_at, self._drawn_count = monotonic(), self.done_count
        share = self.done_count / self.total if self.total else 1.0
        self._step = max(self._step + 1, int(share * STEPS))
        filled = "#" * int(share * WIDTH)
        line = (
            f"  {self.title:<10} [{filled:-<{WIDTH}}] {share:4.0%}  "
            f"{self.done_count:,} of {self.total:,}"
        )
        if self.is_rated:
            line += f", {self.done_count / self.seconds:,.0f} a second"
        self.out.write(f"\r{line}\x1b[K" if self._is_terminal else f"{line}\n")
        self.out.flush()
