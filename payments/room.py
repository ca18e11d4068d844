"""What fits into a batch: the vault and the chain say how much, the book fills it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Room:
    """So many payees, so many units (None: any), and so much gas in one tx (None: any)."""

    payees: int
    units: int | None = None
    gas: int | None = None

    def after(self, units: int) -> "Room":
        """What fits into the next batch, when one of so many units has been made."""
        return self if self.units is None else replace(self, units=max(self.units - units, 0))
