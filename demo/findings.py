"""What the demo found, and what of it is wrong: pure figures, nothing is asked here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt
from typing import Any

from demo import digits
from demo.labelers import Labeler
from demo.payday import Balance
from payments import money

TOLERANCE = 4.0  # standard deviations below the expected accuracy that are still chance
ORIGIN = (
    *("completed_by", "leased_at", "submitted_at", "verdict", "judged_by", "release"),
    *("release_key", "tx_hash"),
)


@dataclass(frozen=True)
class Paid:
    """The chain's bill for the batches that carried the payouts."""

    batches_count: int
    payees_count: int
    gas_used: int


@dataclass(frozen=True)
class Findings:
    """All that came out of one run. Balances are by username, before and after it."""

    tasks_count: int
    overlap: int
    price_units: int
    label_seconds: float
    labelers: list[Labeler]
    truth: Mapping[str, int]
    rows: list[dict[str, Any]]
    before: Mapping[str, Balance]
    after: Mapping[str, Balance]
    payouts: list[dict[str, Any]]
    paid: Paid
    reconcile_problems: list[str] = field(default_factory=list)

    @cached_property
    def by_pseudonym(self) -> dict[str, Labeler]:
        return {one.pseudonym: one for one in self.labelers}

    @cached_property
    def labels(self) -> list[tuple[str, dict[str, Any]]]:
        """Every label of the data set with the address of its image."""
        return [(row["data"]["image"], one) for row in self.rows for one in row["annotations"]]

    @property
    def accuracy(self) -> float:
        """The share of tasks whose consensus is the truth."""
        right = (
            digits.read(row["consensus"]) == self.truth[row["data"]["image"]] for row in self.rows
        )
        return sum(right) / max(len(self.rows), 1)

    @property
    def agreement(self) -> float:
        """Mean over the tasks of how much their labels agree."""
        return sum(row["agreement"] or 0.0 for row in self.rows) / max(len(self.rows), 1)

    @cached_property
    def expected(self) -> tuple[float, float]:
        """The accuracy that the error rates allow at least, and its standard deviation."""
        chances = [self._chance(row) for row in self.rows]
        count = max(len(chances), 1)
        return sum(chances) / count, sqrt(sum(one * (1 - one) for one in chances)) / count

    def _chance(self, row: dict[str, Any]) -> float:
        people = [self.by_pseudonym.get(one["completed_by"]) for one in row["annotations"]]
        return majority_chance([1 - person.error_rate for person in people if person])

    def errors_of(self, labeler: Labeler) -> tuple[int, int]:
        """Wrong labels and all labels of one person in the data set."""
        own = [
            (image, one) for image, one in self.labels if one["completed_by"] == labeler.pseudonym
        ]
        wrong = sum(digits.read(one["result"]) != self.truth[image] for image, one in own)
        return wrong, len(own)

    def gained(self, labeler: Labeler) -> tuple[int, int, int]:
        """Units earned, paid and arrived on chain in this run."""
        before, after = self.before[labeler.username], self.after[labeler.username]
        return (
            after.lifetime_units - before.lifetime_units,
            after.paid_units - before.paid_units,
            after.chain_units - before.chain_units,
        )


def majority_chance(rights: list[float]) -> float:
    """The chance that more than half are right, each being right with their own chance."""
    chances = [1.0]  # of so many being right
    for right in rights:
        chances = [
            (chances[count] if count < len(chances) else 0.0) * (1 - right)
            + (chances[count - 1] if count else 0.0) * right
            for count in range(len(chances) + 1)
        ]
    return sum(chance for count, chance in enumerate(chances) if count * 2 > len(rights))


def problems(found: Findings) -> list[str]:
    """A sentence for each thing that is off; none, and all is well."""
    return [
        *_missing(found),
        *_origins(found),
        *_quality(found),
        *(one for labeler in found.labelers for one in _money(found, labeler)),
        *(f"Reconcile: {one}" for one in found.reconcile_problems),
    ]


def _missing(found: Findings) -> list[str]:
    said = []
    if len(found.rows) != found.tasks_count:
        said.append(f"The export has {len(found.rows)} tasks of {found.tasks_count}.")
    short = sum(len(row["annotations"]) != found.overlap for row in found.rows)
    if short:
        said.append(f"{short} tasks of the export have not exactly {found.overlap} labels.")
    return said


def _origins(found: Findings) -> list[str]:
    """Every label has its origin, and is the one that its labeler gave."""
    said = []
    for name in ORIGIN:
        lacking = sum(not one.get(name) for _, one in found.labels)
        if lacking:
            said.append(f"{lacking} labels of the export have no {name}.")
    strange = sum(_is_strange(found, image, one) for image, one in found.labels)
    if strange:
        said.append(f"{strange} labels of the export are not what their labeler gave.")
    hashes = {one["tx_hash"] for one in found.payouts}
    elsewhere = sum(
        bool(one["tx_hash"]) and one["tx_hash"] not in hashes for _, one in found.labels
    )
    if elsewhere:
        said.append(f"{elsewhere} labels of the export name a transfer that is none of ours.")
    return said


def _is_strange(found: Findings, image: str, label: dict[str, Any]) -> bool:
    labeler = found.by_pseudonym.get(label["completed_by"])
    return labeler is None or labeler.sees(image, found.truth) != digits.read(label["result"])


def _quality(found: Findings) -> list[str]:
    expected, deviation = found.expected
    if found.accuracy < expected - TOLERANCE * deviation:
        return [
            f"The consensus is right on {found.accuracy:.1%} of the tasks; the labelers' error "
            f"rates allow {expected:.1%}."
        ]
    return []


def _money(found: Findings, labeler: Labeler) -> list[str]:
    """The chain, the statement and the data set tell the same sum."""
    name = labeler.username
    _, exported = found.errors_of(labeler)
    earned, paid, arrived = found.gained(labeler)
    due = exported * found.price_units
    said = []
    if exported != labeler.labels_count:
        said.append(f"{name} gave {labeler.labels_count} labels, the export has {exported}.")
    if earned != due:
        said.append(
            f"{name} earned {money.format(earned)}, their exported labels are worth "
            f"{money.format(due)}."
        )
    if paid != arrived:
        said.append(
            f"{name} was paid {money.format(paid)} by the statement, and {money.format(arrived)} "
            "arrived in their wallet."
        )
    after = found.after[name]
    if after.earned_units or after.leaving_units:
        rest = money.format(after.earned_units + after.leaving_units)
        said.append(f"{name} is still owed {rest} after everything was paid out.")
    return said
