"""What fits into a batch: the vault and the chain say how much, the book fills it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Room:
    """So many payees, so many units (None: any), and so much gas in one tx (None: any).

    It was looked at when `since` was the number of the newest batch: what is batched later, by
    whomever, is to be taken off.
    """

    payees: int
    units: int | None = None
    gas: int | None = None
    since: int = 0

    def without(self, units: int) -> "Room":
        """What is left of it, when so many units are batched."""
        return self if self.units is None else replace(self, units=max(self.units - units, 0))
