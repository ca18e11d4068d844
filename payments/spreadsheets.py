"""Statements as CSV: a line for each line of the book, oldest first, written as they are read.

For programs: whoever asks, and in whatever language, gets the same bytes, so heads, kinds and
causes are English as the book keeps them. Pages and receipts say the same in one's own language.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from payments import money
from payments.statements import Row

HEAD = ["at", "account", "kind", "amount", "cause", "tx_hash", "explorer_url", "cause_url"]
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def written(rows: Iterable[Row]) -> Iterator[str]:
    """The head and the rows as lines of CSV (RFC 4180), amounts as decimals, times in UTC."""
    writer = csv.writer(_Echo())
    yield writer.writerow(HEAD)
    for row in rows:
        yield writer.writerow(_cells(row))


def _cells(row: Row) -> list[Any]:
    return [
        row.at.isoformat(),
        row.account,
        row.kind,
        money.format(row.amount_units),
        harmless(row.cause),
        row.tx_hash or "",
        row.explorer_url or "",
        " ".join(row.links.values()),
    ]


def harmless(text: str) -> str:
    """A text that somebody else wrote, kept from being a formula of whoever opens the file."""
    return f"'{text}" if text.startswith(FORMULAS) else text
