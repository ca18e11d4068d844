"""Orders to die: from a test to a process of the product, by files in a folder that both know.

An order names a job or a request, a point of it, and the side of the point. The point is that of a
number among all, or among those of one name. Whichever process begins such a job or request takes
the order, and says at which point it was before it dies there.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.faults import accidents

PLACE = "STIPEND_TEST_ORDERS"  # the folder, in the environment of those who die


@dataclass
class Order:
    """Of one job or request; `step` is told each of its points."""

    folder: Path
    number: int
    when: str
    only: str = ""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        """What `do` answers, unless this is the point."""
        is_here = self.only in ("", name) and next(self.numbers) == self.number
        if is_here and self.when == accidents.BEFORE:
            self._die(name)
        result = do()
        if is_here:
            self._die(name)
        return result

    def _die(self, name: str) -> None:
        accidents.die(name, os.open(self.folder / "died", os.O_WRONLY | os.O_CREAT))


def give(folder: Path, name: str, *, number: int, when: str, only: str = "") -> None:
    """Whoever begins this job or request next dies in it."""
    (folder / "died").unlink(missing_ok=True)
    (folder / "order.new").write_text("\n".join([name, str(number), when, only]))
    (folder / "order.new").rename(folder / "order")


def take(name: str) -> Order | None:
    """The order that lies there for this job or request: it is the caller's, and nobody else's."""
    folder = Path(os.environ[PLACE])
    order = folder / "order"
    if not order.exists():
        return None
    wanted, number, when, only = order.read_text().split("\n")
    if wanted != name:
        return None
    order.unlink()
    return Order(folder, int(number), when, only)


def followed(folder: Path) -> str:
    """The name of the point where somebody died; "" as long as nobody has."""
    died = folder / "died"
    return died.read_text() if died.exists() else ""
